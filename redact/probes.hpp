// Where one of many short byte strings may begin: the quick look of Literals.
//
// Each probe, of two to four bytes, belongs to one of sixteen groups; a table for each of the four
// places says which groups have a byte there. A probe may begin where all four agree on a group.
// CPUs with byte permutes look at sixty-four places at once; everywhere the answer is the same or,
// for bytes past ASCII, more cautious.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sourceos::redact {

inline constexpr std::size_t k_probe_bytes_min = 2;
inline constexpr std::size_t k_probe_bytes_max = 4;

// First byte lowest; letters fold by the bit of their case, which joins some other bytes too.
struct Probe {
  std::uint32_t bytes = 0;
  unsigned size = 0;
};
inline constexpr std::uint32_t k_probe_fold = 0x20202020U;

class Probes {
 public:
  static constexpr std::size_t k_places = 64;     // of one step
  static constexpr std::size_t k_steps_max = 64;  // of one call
  // A bit for each place that may begin a probe: one of four bytes, a shorter one.
  struct Places {
    std::array<std::uint64_t, k_steps_max> four{};
    std::array<std::uint64_t, k_steps_max> shorter{};
  };

  Probes() = default;
  // Each probe once.
  explicit Probes(const std::vector<Probe>& probes);
  // Looks at steps * k_places places from `at`; reads three bytes more.
  void find(const char* at, std::size_t steps, Places& places) const;
  // The same without permutes.
  void find_plainly(const char* at, std::size_t steps, Places& places) const;

  using Table = std::array<std::uint16_t, 256>;  // bits of the groups that have the byte

 private:
  std::array<Table, k_probe_bytes_max> tables_{};
  // Of each place the low eight groups and the high eight, for bytes without their highest bit.
  using Permute = std::array<std::array<std::uint8_t, 128>, 2>;
  std::array<Permute, k_probe_bytes_max> permutes_{};
};

}  // namespace sourceos::redact
