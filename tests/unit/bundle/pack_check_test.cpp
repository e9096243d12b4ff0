#include "bundle/pack_check.hpp"

#include <atomic>

#include <doctest/doctest.h>

#include "bundle/layer_builder.hpp"
#include "bundle/tar_header.hpp"
#include "core/limits.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using limits::k_frame_input_bytes;

namespace {

struct Sample {
  std::string path;
  std::string content;
};

// Members that end before, at and behind frame boundaries; one goes through three frames.
std::vector<Sample> samples() {
  std::vector<Sample> all = {{"a", "hello"}, {"b", ""}};
  all.push_back({"c", std::string(2 * k_frame_input_bytes + 5, 'c')});
  all.push_back({"d", std::string(512, 'd')});
  const auto used = [&] {
    std::uint64_t bytes = 0;
    for (const Sample& each : all) {
      bytes += tar_member_bytes(each.content.size());
    }
    return bytes;
  };
  // The header of the next member ends right at a boundary, its content is empty.
  all.push_back({"e", std::string(3 * k_frame_input_bytes - used() - 1024, 'e')});
  REQUIRE(used() == 3 * k_frame_input_bytes - 512);
  all.push_back({"f", ""});
  all.push_back({"g", std::string(k_frame_input_bytes - 512, 'g')});
  all.push_back({"h", "end"});
  return all;
}

std::string make_stream(const std::vector<Sample>& all) {
  std::string stream;
  for (const Sample& each : all) {
    const TarHeader header = make_tar_header(each.path, each.content.size()).value();
    stream.append(header.data(), header.size());
    stream += each.content;
    stream.append(tar_padding(each.content.size()), '\0');
  }
  stream.resize(tar_stream_bytes(stream.size()), '\0');
  return stream;
}

struct Pack {
  BlobReader blob{std::string()};
  std::vector<Sample> samples;
  std::vector<PackMember> members;
};

Pack pack_of(const tests::TemporaryDirectory& directory, std::vector<Sample> all,
             const std::string& stream) {
  FramePool pool(2);
  static int number = 0;
  const auto path = directory / ("pack" + std::to_string(number++));
  FrameWriter writer = FrameWriter::create(pool, path, 1).value();
  REQUIRE(writer.append(stream).has_value());
  const FrameSummary summary = writer.finish().value();
  Pack pack;
  pack.blob = BlobReader::open(path).value();
  pack.samples = std::move(all);
  std::uint64_t at = 0;
  for (const Sample& each : pack.samples) {
    pack.members.push_back({each.path, sha256(each.content), each.content.size(),
                            summary.frame_of(at + 512), at + 512});
    at += tar_member_bytes(each.content.size());
  }
  return pack;
}

std::string reason_of(const Pack& pack, unsigned jobs = 2) {
  FramePool pool(jobs);
  const Result<FrameSummary> checked = check_pack(pool, pack.blob, pack.members);
  return checked ? "" : checked.error().reason;
}

}  // namespace

TEST_CASE("a pack that is the tar of its members passes on any number of threads") {
  const tests::TemporaryDirectory directory;
  const Pack pack = pack_of(directory, samples(), make_stream(samples()));
  CHECK(reason_of(pack, 1) == "");
  CHECK(reason_of(pack, 4) == "");
  CHECK(reason_of(pack_of(directory, {}, make_stream({}))) == "");
}

TEST_CASE("a flipped byte anywhere in a pack is found") {
  const tests::TemporaryDirectory directory;
  const std::string stream = make_stream(samples());
  const std::uint64_t boundary = k_frame_input_bytes;
  for (const std::uint64_t at :
       {std::uint64_t{0}, std::uint64_t{100}, std::uint64_t{511}, std::uint64_t{512},
        std::uint64_t{517}, std::uint64_t{1023}, std::uint64_t{1500}, boundary - 1, boundary,
        2 * boundary, 3 * boundary - 600, 3 * boundary - 1, 3 * boundary, 3 * boundary + 512,
        4 * boundary - 1, 4 * boundary, std::uint64_t{stream.size()} - 1,
        std::uint64_t{stream.size()} - 1024}) {
    CAPTURE(at);
    std::string broken = stream;
    broken[at] = static_cast<char>(broken[at] ^ 1);
    const std::string reason = reason_of(pack_of(directory, samples(), broken));
    CHECK((reason == "malformed" || reason == "digest-mismatch"));
  }
}

TEST_CASE("more bytes are past the limit, fewer are malformed") {
  const tests::TemporaryDirectory directory;
  const std::vector<Sample> all = {{"a", "hello"}};
  const std::string stream = make_stream(all);
  CHECK(reason_of(pack_of(directory, all, stream + std::string(10'240, '\0'))) == "limit");
  CHECK(reason_of(pack_of(directory, all, stream + '\0')) == "limit");
  CHECK(reason_of(pack_of(directory, all, stream.substr(0, stream.size() - 1))) == "malformed");
  CHECK(reason_of(pack_of(directory, all, stream.substr(0, 1024))) == "malformed");
}

TEST_CASE("a member more or less than the index tells is found") {
  const tests::TemporaryDirectory directory;
  const std::vector<Sample> three = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  const std::vector<Sample> two = {{"a", "1"}, {"b", "2"}};
  CHECK(reason_of(pack_of(directory, two, make_stream(three))) == "malformed");
  CHECK(reason_of(pack_of(directory, three, make_stream(two))) == "malformed");
  CHECK(reason_of(pack_of(directory, {{"a", "1"}, {"x", "2"}}, make_stream(two))) == "malformed");
  CHECK(reason_of(pack_of(directory, {{"a", "1"}, {"b", "3"}}, make_stream(two))) ==
        "digest-mismatch");
}

TEST_CASE("a wrong place in the index is found") {
  const tests::TemporaryDirectory directory;
  Pack pack = pack_of(directory, samples(), make_stream(samples()));
  pack.members[3].offset += 512;
  CHECK(reason_of(pack) == "descriptor");
  pack.members[3].offset -= 512;
  pack.members[3].frame += 1;
  CHECK(reason_of(pack) == "descriptor");
}

TEST_CASE("an empty member has the digest of nothing") {
  const tests::TemporaryDirectory directory;
  Pack pack = pack_of(directory, samples(), make_stream(samples()));
  pack.members[1].sha256 = sha256("x");
  CHECK(reason_of(pack) == "digest-mismatch");
}

TEST_CASE("an inspector sees every byte of a pack and of a segment") {
  const tests::TemporaryDirectory directory;
  const Pack pack = pack_of(directory, samples(), make_stream(samples()));
  std::atomic<std::uint64_t> seen = 0;
  const FrameInspector count = [&](std::uint64_t, std::string_view bytes) -> Status {
    seen += bytes.size();
    return {};
  };
  FramePool pool(2);
  CHECK(check_pack(pool, pack.blob, pack.members, count).value().bytes == seen);
  const FrameInspector refuse = [](std::uint64_t, std::string_view) -> Status {
    return fail(ErrorKind::refused, "screen-hit", "no");
  };
  CHECK(check_pack(pool, pack.blob, pack.members, refuse).error().reason == "screen-hit");
}

TEST_CASE("segments are hashed one after the other into their entry") {
  const tests::TemporaryDirectory directory;
  FramePool pool(2);
  LayerMaker maker(directory.path(), pool, 1);
  SegmentBuilder segments(maker, k_frame_input_bytes);
  const std::string content(2 * k_frame_input_bytes + 3, 'x');
  REQUIRE(segments.append(content).has_value());
  const std::vector<LayerFile> files = segments.finish().value();
  CHECK(files.size() == 3);
  Sha256 running;
  for (const LayerFile& file : files) {
    const BlobReader blob = BlobReader::open(file.path).value();
    CHECK(check_segment(pool, blob, file.summary.bytes, running).value().digest ==
          file.summary.digest);
    Sha256 other;
    CHECK(check_segment(pool, blob, file.summary.bytes + 1, other).error().reason == "malformed");
    CHECK(check_segment(pool, blob, file.summary.bytes - 1, other).error().reason == "limit");
  }
  CHECK(running.finish() == sha256(content));
}
