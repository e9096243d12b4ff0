// Puts probes into groups such that few places of a text pass for one of a group.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
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

// Those for probes of that many bytes.
struct ProbeGroups {
  unsigned from = 0, past = 0;
};
[[nodiscard]] constexpr ProbeGroups groups_of_size(unsigned size) {
  return size == 2 ? ProbeGroups{31, 32} : size == 3 ? ProbeGroups{24, 31} : ProbeGroups{0, 24};
}
// The code of one of a probe's bytes.
[[nodiscard]] inline std::size_t code_of(const Probe& probe, std::size_t place) {
  return text_code(static_cast<char>(probe.bytes >> (8 * place)));
}

// A probe of the built-in rules and its group, by size and bytes; made by probe_fit.hpp.
struct FittedProbe {
  Probe probe;
  std::uint8_t group = 0;
};
[[nodiscard]] std::span<const FittedProbe> fitted_probes();

// So few that those of four bytes are in the first lane.
[[nodiscard]] bool are_few(const std::vector<Probe>& probes);
// Those that were fitted into a group stay there, unless they are few; the others go where they make a
// group the least more common.
[[nodiscard]] ProbeTables group_probes(const std::vector<Probe>& probes,
                                       std::span<const FittedProbe> fitted = fitted_probes());

}  // namespace sourceos::redact
