#include "bundle/frame.hpp"

#include <cstdlib>

#include <doctest/doctest.h>

#include "core/limits.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using limits::k_frame_input_bytes;

namespace {

// Compressible, and different everywhere.
std::string sample(std::size_t bytes) {
  std::string out;
  out.reserve(bytes + 32);
  for (std::uint64_t line = 0; out.size() < bytes; ++line) {
    out += "line " + std::to_string(line * 2'654'435'761U) + " of a log\n";
  }
  out.resize(bytes);
  return out;
}

FrameSummary write(const std::filesystem::path& path, std::string_view content, unsigned jobs,
                   std::size_t step, int level = 1) {
  FramePool pool(jobs);
  FrameWriter writer = FrameWriter::create(pool, path, level).value();
  for (std::size_t at = 0; at < content.size(); at += step) {
    REQUIRE(writer.append(content.substr(at, step)).has_value());
  }
  CHECK(writer.bytes() == content.size());
  return writer.finish().value();
}

}  // namespace

TEST_CASE("a layer is the same bytes for every number of threads and size of writes") {
  const tests::TemporaryDirectory directory;
  const std::string content = sample(3 * k_frame_input_bytes + 12'345);
  const FrameSummary one = write(directory / "one", content, 1, content.size());
  const FrameSummary four = write(directory / "four", content, 4, 100'003);
  CHECK(one.digest == four.digest);
  CHECK(one.frames == four.frames);
  CHECK(one.frames.size() == 4);
  CHECK(one.bytes == content.size());
  const std::string stored = tests::read_file(directory / "one");
  CHECK(stored.size() == one.stored);
  CHECK(sha256(stored) == one.digest);
  CHECK(tests::read_file(directory / "four") == stored);
}

TEST_CASE("the zstd tool reads what we write") {
  const tests::TemporaryDirectory directory;
  const std::string content = sample(k_frame_input_bytes + 1);
  write(directory / "layer.zst", content, 2, 1'000'000, 3);
  const std::string command = "zstd -q -d -c '" + (directory / "layer.zst").string() + "' >'" +
                              (directory / "content").string() + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  CHECK(tests::read_file(directory / "content") == content);
}

TEST_CASE("an empty layer is one empty frame, and a full frame has none after it") {
  const tests::TemporaryDirectory directory;
  CHECK(write(directory / "empty", "", 1, 1).frames.size() == 1);
  CHECK(write(directory / "full", sample(k_frame_input_bytes), 1, 7'777'777).frames.size() == 1);
  CHECK(write(directory / "more", sample(k_frame_input_bytes + 1), 1, 7'777'777).frames.size() ==
        2);
}

TEST_CASE("the frame of an offset is the one that holds it, the last one for the end") {
  FrameSummary summary;
  summary.frames = {0, 100, 200};
  CHECK(summary.frame_of(0) == 0);
  CHECK(summary.frame_of(k_frame_input_bytes - 1) == 0);
  CHECK(summary.frame_of(k_frame_input_bytes) == 100);
  CHECK(summary.frame_of(3 * k_frame_input_bytes) == 200);
}

TEST_CASE("a layer that cannot be written is an error, not a crash") {
  const tests::TemporaryDirectory directory;
  FramePool pool(2);
  CHECK_FALSE(FrameWriter::create(pool, directory / "missing/layer", 1).has_value());
  // A writer that is dropped in the middle lets its work end.
  FrameWriter writer = FrameWriter::create(pool, directory / "dropped", 1).value();
  CHECK(writer.append(sample(3 * k_frame_input_bytes)).has_value());
}

TEST_CASE("the version of zstd is a version") {
  CHECK(zstd_version().find('.') != std::string::npos);
}
