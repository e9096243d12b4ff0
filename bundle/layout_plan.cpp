#include "bundle/layout_plan.hpp"

#include <algorithm>

#include "bundle/tar_header.hpp"

namespace sourceos::bundle {

namespace {

bool has_cut_entry(const std::vector<std::uint64_t>& sizes, const LayoutPlan& plan) {
  return std::any_of(sizes.begin(), sizes.end(), [&](std::uint64_t size) {
    return size > plan.pack_entry_bytes_max && size > plan.segment_bytes;
  });
}

}  // namespace

std::uint64_t count_layers(const std::vector<std::uint64_t>& sizes, const LayoutPlan& plan) {
  std::uint64_t layers = 1;
  std::uint64_t pack = 0;  // bytes of members in the open pack; large entries do not close it
  for (const std::uint64_t size : sizes) {
    if (size > plan.pack_entry_bytes_max) {
      layers += (size + plan.segment_bytes - 1) / plan.segment_bytes;
      continue;
    }
    const std::uint64_t member = tar_member_bytes(size);
    if (pack != 0 && tar_stream_bytes(pack + member) > plan.pack_bytes_max) {
      pack = 0;
    }
    layers += pack == 0 ? 1 : 0;
    pack += member;
  }
  return layers;
}

LayoutPlan plan_layout(const std::vector<std::uint64_t>& sizes) {
  LayoutPlan plan;
  while (count_layers(sizes, plan) > limits::k_layers_max) {
    if (has_cut_entry(sizes, plan)) {
      plan.segment_bytes *= 2;
    } else {
      plan.pack_entry_bytes_max *= 2;
      plan.pack_bytes_max *= 2;
    }
  }
  return plan;
}

}  // namespace sourceos::bundle
