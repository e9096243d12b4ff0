#include "bundle/frame.hpp"

#include <atomic>

#include <doctest/doctest.h>

#include "core/limits.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/bundle/hand_made_frame.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using limits::k_frame_input_bytes;
using tests::hand_made_frame;
using tests::repeated_blocks;

namespace {

constexpr std::uint64_t k_full = k_frame_input_bytes;

std::string content_of(const std::string& blob, ContentBound bound) {
  const Result<std::string> content = read_layer(BlobReader(blob), bound);
  if (!content) {
    FAIL(content.error().read_out());
  }
  return *content;
}

std::string reason_of(const std::string& blob, ContentBound bound) {
  const Result<std::string> content = read_layer(BlobReader(blob), bound);
  REQUIRE_FALSE(content.has_value());
  return content.error().reason;
}

// Collects content in order and counts what was seen in any order.
struct Collector final : FrameVisitor {
  std::string bytes;
  std::atomic<std::uint64_t> seen = 0;
  Status inspect(std::uint64_t, std::string_view part) override {
    seen += part.size();
    return {};
  }
  Status consume(std::uint64_t offset, std::string_view part) override {
    CHECK(offset == bytes.size());
    bytes += part;
    return {};
  }
};

}  // namespace

TEST_CASE("frames made by hand are read") {
  CHECK(content_of(hand_made_frame('x', 5), {5, true}) == "xxxxx");
  CHECK(content_of(hand_made_frame('x', 0), {0, true}).empty());
  const std::string two = hand_made_frame('a', k_full) + hand_made_frame('b', 1);
  CHECK(content_of(two, {k_full + 1, true}) == std::string(k_full, 'a') + "b");
}

TEST_CASE("what was written is read on any number of threads, and its digest told") {
  const tests::TemporaryDirectory directory;
  std::string content;
  for (std::uint64_t i = 0; content.size() < 5 * k_full; ++i) {
    content += std::to_string(i * 7919) + "\n";
  }
  FramePool pool(3);
  FrameWriter writer = FrameWriter::create(pool, directory / "layer", 1).value();
  REQUIRE(writer.append(content).has_value());
  const FrameSummary written = writer.finish().value();
  const BlobReader blob = BlobReader::open(directory / "layer").value();
  for (const unsigned jobs : {1U, 4U}) {
    FramePool readers(jobs);
    Collector collector;
    const FrameSummary read = read_frames(readers, blob, {content.size(), true}, collector).value();
    CHECK(read.digest == written.digest);
    CHECK(read.frames == written.frames);
    CHECK(read.stored == written.stored);
    CHECK(collector.bytes == content);
    CHECK(collector.seen == content.size());
  }

  // Any place alone.
  for (const std::uint64_t offset : {std::uint64_t{0}, k_full - 3, k_full, 2 * k_full + 17}) {
    FrameCursor cursor = FrameCursor::open(blob, written.frame_of(offset), offset).value();
    std::string part(10, '?');
    CHECK(cursor.read(part.data(), part.size()).value() == 10);
    CHECK(part == content.substr(offset, 10));
  }
  FrameCursor tail = FrameCursor::open(blob, written.frames.back(), 5 * k_full).value();
  std::string rest(100, '?');
  rest.resize(tail.read(rest.data(), rest.size()).value());
  CHECK(rest == content.substr(5 * k_full));
}

TEST_CASE("content beyond its bound is refused before it is decompressed") {
  CHECK(reason_of(hand_made_frame('x', 6), {5, true}) == "limit");
  CHECK(reason_of(hand_made_frame('x', 6), {5, false}) == "limit");
  CHECK(reason_of(hand_made_frame('x', 4'000'000'000), {5, false}) == "limit");
  std::string bomb;
  for (int i = 0; i < 3; ++i) {
    bomb += hand_made_frame('\0', k_full);
  }
  CHECK(reason_of(bomb, {2 * k_full, true}) == "limit");
  CHECK(content_of(bomb, {4 * k_full, false}).size() == 3 * k_full);
}

TEST_CASE("too little content is malformed when the size is known") {
  CHECK(reason_of(hand_made_frame('x', 4), {5, true}) == "malformed");
  CHECK(content_of(hand_made_frame('x', 4), {5, false}) == "xxxx");
}

TEST_CASE("frames that the rules do not allow are malformed") {
  const ContentBound wide{std::uint64_t{1} << 40, false};
  const std::string good = hand_made_frame('x', 5);
  REQUIRE(content_of(good, wide) == "xxxxx");
  const auto with_byte = [&](std::size_t at, char byte) {
    std::string frame = good;
    frame[at] = byte;
    return frame;
  };
  std::string no_size = std::string("\x28\xB5\x2F\xFD\x00\x58", 6) + repeated_blocks('x', 5);
  std::string skippable = std::string("\x50\x2A\x4D\x18\x01\x00\x00\x00?", 9);
  std::string wide_window = std::string("\x28\xB5\x2F\xFD\x80\x71", 6);
  tests::append_little_endian(wide_window, 5, 4);
  wide_window += repeated_blocks('x', 5);
  for (const std::string& bad :
       {std::string(), std::string("abc"), with_byte(0, '\x27'), with_byte(4, '\xA1'),
        with_byte(4, '\xA8'), with_byte(4, '\xB0'), no_size, skippable + good, good + skippable,
        good + '\0', good + "x", good.substr(0, good.size() - 1), good.substr(0, 9), wide_window,
        hand_made_frame('x', k_full + 1), good + good,
        hand_made_frame('x', k_full) + hand_made_frame('x', 0), hand_made_frame('x', 0) + good}) {
    CAPTURE(bad.size());
    CHECK(reason_of(bad, wide) == "malformed");
  }
  // A window of exactly 8 MiB is allowed.
  wide_window[5] = '\x68';
  CHECK(content_of(wide_window, wide) == "xxxxx");
}

TEST_CASE("a frame that gives other than it promised is malformed") {
  std::string lies = std::string("\x28\xB5\x2F\xFD\xA0", 5);
  tests::append_little_endian(lies, 6, 4);
  lies += repeated_blocks('x', 5);
  CHECK(reason_of(lies, {6, true}) == "malformed");
  lies[5] = 4;
  CHECK(reason_of(lies, {4, true}) == "malformed");
}

TEST_CASE("a wrong checksum is malformed, a missing one is not demanded") {
  const tests::TemporaryDirectory directory;
  FramePool pool(1);
  FrameWriter writer = FrameWriter::create(pool, directory / "layer", 1).value();
  REQUIRE(writer.append("hello hello hello").has_value());
  REQUIRE(writer.finish().has_value());
  std::string blob = tests::read_file(directory / "layer");
  CHECK(content_of(blob, {17, true}) == "hello hello hello");
  blob.back() = static_cast<char>(blob.back() ^ 1);
  CHECK(reason_of(blob, {17, true}) == "malformed");
}

TEST_CASE("an error of a visitor ends the reading") {
  struct Refusing final : FrameVisitor {
    Status inspect(std::uint64_t offset, std::string_view) override {
      return offset == k_full ? Status(fail(ErrorKind::refused, "screen-hit", "no")) : Status{};
    }
  };
  std::string blob;
  for (int i = 0; i < 5; ++i) {
    blob += hand_made_frame('x', k_full);
  }
  FramePool pool(2);
  Refusing visitor;
  CHECK(read_frames(pool, BlobReader(blob), {5 * k_full, true}, visitor).error().reason ==
        "screen-hit");
}

TEST_CASE("a cursor outside its layer is a wrong descriptor") {
  const BlobReader blob(hand_made_frame('x', 5));
  CHECK(FrameCursor::open(blob, blob.size(), 0).error().reason == "descriptor");
  CHECK(FrameCursor::open(blob, 0, 6).error().reason == "descriptor");
  CHECK(FrameCursor::open(blob, 1, 0).error().reason == "malformed");
}
