// How entries fall into layers: which are packed, which are cut into segments, and how the sizes
// grow until M has at most 64 layers (rule 1 of the format).
#pragma once

#include <cstdint>
#include <vector>

#include "core/limits.hpp"

namespace sourceos::bundle {

struct LayoutPlan {
  std::uint64_t pack_entry_bytes_max = limits::k_pack_entry_bytes_max;  // T
  std::uint64_t segment_bytes = limits::k_segment_bytes;                // P
  std::uint64_t pack_bytes_max = limits::k_pack_bytes_max;              // of the tar stream
  auto operator<=>(const LayoutPlan&) const = default;
};

// Index, packs and segments of entries with these sizes, in path order.
[[nodiscard]] std::uint64_t count_layers(const std::vector<std::uint64_t>& sizes,
                                         const LayoutPlan& plan);

// First P doubles until each large entry is one segment, then T and the pack bound do.
[[nodiscard]] LayoutPlan plan_layout(const std::vector<std::uint64_t>& sizes);

}  // namespace sourceos::bundle
