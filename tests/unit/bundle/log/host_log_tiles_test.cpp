#include "bundle/log/host_log_tiles.hpp"

#include <fstream>

#include "bundle/log/merkle.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::bundle::log;

namespace {

std::vector<Digest> hashes(std::uint64_t from, std::uint64_t count) {
  std::vector<Digest> out;
  for (std::uint64_t i = from; i < from + count; ++i) {
    out.push_back(leaf_hash(std::to_string(i)));
  }
  return out;
}

Tiles make_tiles(const tests::TemporaryDirectory& directory) {
  return {directory.path(), [](std::uint64_t from, std::uint64_t count) {
            return Result<std::vector<Digest>>(hashes(from, count));
          }};
}

Digest root(Tiles& tiles, std::uint64_t size) {
  const auto out = tree_root(size, [&](unsigned level, std::uint64_t index) {
    return tiles.subtree(size, level, index);
  });
  REQUIRE(out);
  return *out;
}

MemoryTree memory_tree(std::uint64_t size) {
  MemoryTree tree;
  for (const Digest& hash : hashes(0, size)) {
    tree.append(hash);
  }
  return tree;
}

}  // namespace

TEST_CASE("tiles have the names of c2sp.org/tlog-tiles") {
  CHECK(tile_path(0, 0, 256) == "tile/0/000");
  CHECK(tile_path(0, 273, 112) == "tile/0/273.p/112");
  CHECK(tile_path(1, 1'234'067, 256) == "tile/1/x001/x234/067");
  CHECK(tile_path(2, 1'000, 1) == "tile/2/x001/000.p/1");
}

TEST_CASE("a tree grown leaf by leaf has the root of RFC 6962 at every size") {
  const tests::TemporaryDirectory directory;
  Tiles tiles = make_tiles(directory);
  const MemoryTree tree = memory_tree(600);
  for (std::uint64_t size = 0; size < 600; ++size) {
    REQUIRE(tiles.append(size, hashes(size, 1)));
    if (size % 37 == 0 || (size > 250 && size < 260) || size > 508) {
      Tiles fresh = make_tiles(directory);
      CHECK(root(fresh, size + 1) == *tree.root_of(size + 1));
    }
  }
  CHECK(std::filesystem::exists(directory / "tile/0/000"));
  CHECK_FALSE(std::filesystem::exists(directory / "tile/0/000.p"));
  CHECK(std::filesystem::exists(directory / "tile/0/002.p/88"));
  CHECK(std::filesystem::exists(directory / "tile/1/000.p/2"));
  // What an older checkpoint needs is still there.
  Tiles fresh = make_tiles(directory);
  CHECK(root(fresh, 300) == *tree.root_of(300));
  CHECK(fresh.hold(hashes(0, 600)));
}

TEST_CASE("a tree of three levels of tiles has the right root") {
  const tests::TemporaryDirectory directory;
  Tiles tiles = make_tiles(directory);
  REQUIRE(tiles.append(0, hashes(0, 65'000)));
  REQUIRE(tiles.append(65'000, hashes(65'000, 1'000)));
  CHECK(root(tiles, 66'000) == memory_tree(66'000).root());
  CHECK(std::filesystem::exists(directory / "tile/1/000"));
  CHECK(std::filesystem::exists(directory / "tile/2/000.p/1"));
}

TEST_CASE("tiles that are lost or short are computed from the leaves") {
  const tests::TemporaryDirectory directory;
  {
    Tiles tiles = make_tiles(directory);
    REQUIRE(tiles.append(0, hashes(0, 700)));
  }
  std::filesystem::remove(directory / "tile/0/001");
  std::filesystem::remove_all(directory / "tile/1");
  std::filesystem::resize_file(directory / "tile/0/000", 100);
  Tiles tiles = make_tiles(directory);
  CHECK_FALSE(tiles.hold(hashes(0, 700)));
  CHECK(root(tiles, 700) == memory_tree(700).root());
  REQUIRE(tiles.append(700, hashes(700, 100)));
  CHECK(root(tiles, 800) == memory_tree(800).root());
  REQUIRE(tiles.clear());
  CHECK_FALSE(std::filesystem::exists(directory / "tile"));
}
