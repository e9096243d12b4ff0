#include "bundle/relayout.hpp"

#include <doctest/doctest.h>

#include "bundle/layout_plan.hpp"
#include "core/limits.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using limits::k_mib;

TEST_CASE("few layers stay as they are") {
  const tests::TemporaryDirectory directory;
  FramePool pool(1);
  LayerMaker maker(directory.path(), pool, 1);
  IndexSpool spool(directory / "spool");
  Layers layers;
  layers.large.resize(1);
  for (std::size_t i = 0; i < 63; ++i) {
    layers.large[0].push_back({directory / std::to_string(i), {}});
  }
  std::vector<PlacedEntry> entries = {{63 * 64 * k_mib, 0, 0, true}};
  const Layers kept = lay_out_anew(maker, std::move(layers), entries, spool).value();
  CHECK(kept.large[0].size() == 63);
}

// The sizes are pretended: what counts is which files are joined.
TEST_CASE("more than 64 segments are joined two by two") {
  const tests::TemporaryDirectory directory;
  FramePool pool(1);
  LayerMaker maker(directory.path(), pool, 1);
  IndexSpool spool(directory / "spool");
  Layers layers;
  layers.large.resize(1);
  std::string all;
  for (std::size_t i = 0; i < 65; ++i) {
    const std::string content = std::to_string(i) + ";";
    all += content;
    LayerFile file{directory.write(std::to_string(i), content), {}};
    file.summary.bytes = 64 * k_mib;
    file.summary.stored = content.size();
    file.summary.frames = {0};
    layers.large[0].push_back(std::move(file));
  }
  std::vector<PlacedEntry> entries = {{65 * 64 * k_mib, 0, 0, true}};
  const Layers joined = lay_out_anew(maker, std::move(layers), entries, spool).value();
  REQUIRE(joined.large[0].size() == 33);
  CHECK(joined.large[0][0].summary.bytes == 128 * k_mib);
  CHECK(joined.large[0][0].summary.frames == std::vector<std::uint64_t>{0, 2});
  std::string stored;
  for (const LayerFile& file : joined.large[0]) {
    stored += tests::read_file(file.path);
  }
  CHECK(stored == all);
}
