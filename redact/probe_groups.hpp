// Puts probes into groups such that few places of a text pass for one of a group.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "redact/text_model.hpp"

namespace sourceos::redact {

inline constexpr std::size_t k_probe_bytes_min = 2;
inline constexpr std::size_t k_probe_bytes_max = 4;

// First byte lowest; letters fold by the bit of their case, which joins some other bytes too.
struct Probe {
  std::uint32_t bytes = 0;
  unsigned size = 0;
};
inline constexpr std::uint32_t k_probe_fold = 0x20202020U;

// Groups lie in lanes of eight: those of probes of four bytes in the first three, of shorter ones in
// the last.
inline constexpr std::size_t k_probe_lanes = 4;
inline constexpr std::uint32_t k_groups_of_four = 0x00FFFFFF;

// By place and byte: bits of the groups that have the byte there.
using ProbeTables = std::array<std::array<std::uint32_t, 256>, k_probe_bytes_max>;

// So few that those of four bytes are in the first lane.
[[nodiscard]] bool are_few(const std::vector<Probe>& probes);
[[nodiscard]] ProbeTables group_probes(const std::vector<Probe>& probes);

}  // namespace sourceos::redact
