#include "bundle/layer_builder.hpp"

#include <doctest/doctest.h>

#include "bundle/tar_header.hpp"
#include "core/limits.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using limits::k_mib;

namespace {

std::string content_of(const LayerFile& file) {
  return read_layer(BlobReader::open(file.path).value(), {1'000'000'000, false}).value();
}

}  // namespace

TEST_CASE("a pack closes before the member that would not fit") {
  const tests::TemporaryDirectory directory;
  FramePool pool(2);
  LayerMaker maker(directory.path(), pool, 1);
  PackBuilder packs(maker, 20'480);
  const std::string content(8'000, 'x');
  for (const char* path : {"a", "b", "c"}) {
    const PackBuilder::Place place = packs.begin_member(path, content.size()).value();
    CHECK(place.pack == (path[0] == 'c' ? 1 : 0));
    CHECK(place.offset == (path[0] == 'b' ? 512 + 8'192 + 512 : 512));
    REQUIRE(packs.append(content).has_value());
    REQUIRE(packs.end_member().has_value());
  }
  const std::vector<LayerFile> files = packs.finish().value();
  REQUIRE(files.size() == 2);
  CHECK(files[0].summary.bytes == 20'480);
  CHECK(files[1].summary.bytes == 10'240);
  CHECK(content_of(files[0]).substr(512, 8'000) == content);
}

TEST_CASE("a pack ends in zeros wherever its last member ends within a record") {
  for (std::size_t size = 0; size <= 20'480; size += 512) {
    const tests::TemporaryDirectory directory;
    FramePool pool(1);
    LayerMaker maker(directory.path(), pool, 1);
    PackBuilder packs(maker, 1'000'000);
    REQUIRE(packs.begin_member("a", size));
    REQUIRE(packs.append(std::string(size, 'x')));
    REQUIRE(packs.end_member());
    const std::string pack = content_of(packs.finish().value().at(0));
    CHECK(pack.size() == tar_stream_bytes(tar_member_bytes(size)));
    CHECK(pack.find_first_not_of('\0', 512 + size) == std::string::npos);
  }
}

TEST_CASE("an entry is cut at each multiple of the segment size") {
  const tests::TemporaryDirectory directory;
  FramePool pool(2);
  LayerMaker maker(directory.path(), pool, 1);
  const std::string content = std::string(4 * k_mib, 'a') + std::string(4 * k_mib, 'b') + "c";
  for (const std::size_t step : {content.size(), std::size_t{3'000'000}}) {
    SegmentBuilder segments(maker, 4 * k_mib);
    for (std::size_t at = 0; at < content.size(); at += step) {
      REQUIRE(segments.append(std::string_view(content).substr(at, step)).has_value());
    }
    const std::vector<LayerFile> files = segments.finish().value();
    REQUIRE(files.size() == 3);
    CHECK(content_of(files[0]) == std::string(4 * k_mib, 'a'));
    CHECK(content_of(files[2]) == "c");
  }
}

TEST_CASE("joined segments are the segment that would have been written at once") {
  const tests::TemporaryDirectory directory;
  FramePool pool(2);
  LayerMaker maker(directory.path(), pool, 1);
  std::string content;
  for (int i = 0; content.size() < 13 * k_mib; ++i) {
    content += std::to_string(i) + " ";
  }
  SegmentBuilder small(maker, 4 * k_mib);
  REQUIRE(small.append(content).has_value());
  const std::vector<LayerFile> joined =
      join_segments(maker, small.finish().value(), 8 * k_mib).value();
  SegmentBuilder large(maker, 8 * k_mib);
  REQUIRE(large.append(content).has_value());
  const std::vector<LayerFile> direct = large.finish().value();
  REQUIRE(joined.size() == direct.size());
  for (std::size_t i = 0; i < joined.size(); ++i) {
    CHECK(joined[i].summary.digest == direct[i].summary.digest);
    CHECK(joined[i].summary.frames == direct[i].summary.frames);
    CHECK(joined[i].summary.bytes == direct[i].summary.bytes);
    CHECK(tests::read_file(joined[i].path) == tests::read_file(direct[i].path));
  }
}

TEST_CASE("a discarded entry leaves no file") {
  const tests::TemporaryDirectory directory;
  FramePool pool(2);
  LayerMaker maker(directory.path(), pool, 1);
  SegmentBuilder segments(maker, 4 * k_mib);
  REQUIRE(segments.append(std::string(9 * k_mib, 'x')).has_value());
  segments.discard();
  CHECK(std::filesystem::is_empty(directory.path()));
}
