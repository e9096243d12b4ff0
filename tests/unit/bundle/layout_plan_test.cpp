#include "bundle/layout_plan.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using limits::k_gib;
using limits::k_mib;

TEST_CASE("entries of up to 8 MiB are packed, larger ones cut at 64 MiB") {
  CHECK(count_layers({}, {}) == 1);
  CHECK(count_layers({0, 1, 8 * k_mib}, {}) == 2);
  CHECK(count_layers({8 * k_mib + 1}, {}) == 2);
  CHECK(count_layers({64 * k_mib, 64 * k_mib + 1}, {}) == 4);
}

TEST_CASE("a pack closes before the entry that would take its stream over 256 MiB") {
  // A member of 8 MiB takes one block more; two end blocks and record padding count as well.
  const std::vector<std::uint64_t> full(31, 8 * k_mib);
  std::vector<std::uint64_t> sizes = full;
  const std::uint64_t room = 256 * k_mib - 31 * (8 * k_mib + 512);
  // 256 MiB is no multiple of a record, so the last records' worth of room is lost.
  const std::uint64_t usable = 256 * k_mib / 10'240 * 10'240 - 31 * (8 * k_mib + 512) - 1'024 - 512;
  REQUIRE(usable < room);
  sizes.push_back(usable);
  CHECK(count_layers(sizes, {}) == 2);
  sizes.back() += 1;
  CHECK(count_layers(sizes, {}) == 3);
}

TEST_CASE("a large entry does not close the open pack") {
  CHECK(count_layers({1, 9 * k_mib, 1}, {}) == 3);
}

TEST_CASE("64 layers are kept as they are") {
  CHECK(plan_layout({63 * 64 * k_mib}) == LayoutPlan{});
  CHECK(plan_layout({}) == LayoutPlan{});
}

TEST_CASE("segments double first, until each large entry is one") {
  const LayoutPlan plan = plan_layout({63 * 64 * k_mib + 1});
  CHECK(plan.segment_bytes == 128 * k_mib);
  CHECK(plan.pack_entry_bytes_max == 8 * k_mib);
  CHECK(plan_layout({1024 * k_gib}).segment_bytes == 32 * k_gib);
}

TEST_CASE("then the pack sizes double, with the segments as large as they were") {
  std::vector<std::uint64_t> sizes(70, 9 * k_mib);
  sizes.push_back(100 * k_mib);
  const LayoutPlan plan = plan_layout(sizes);
  CHECK(plan.segment_bytes == 128 * k_mib);
  CHECK(plan.pack_entry_bytes_max == 16 * k_mib);
  CHECK(plan.pack_bytes_max == 512 * k_mib);
  CHECK(count_layers(sizes, plan) <= 64);
}
