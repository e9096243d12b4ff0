// Where one of many short byte strings may begin: the quick look of Literals.
//
// Each probe, of two to four bytes, belongs to one of 32 groups; a table for each of the four
// places says which groups have a byte there. A probe may begin where all four agree on a group.
// CPUs with byte permutes look at sixty-four places at once; everywhere the answer is the same or,
// for bytes past ASCII, more cautious.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "redact/probe_groups.hpp"

namespace sourceos::redact {

class Probes {
 public:
  static constexpr std::size_t k_step_places = 64;
  static constexpr std::size_t k_steps_max = 64;  // of one call
  static constexpr std::size_t k_places_max = k_step_places * k_steps_max;
  // Places that may begin a probe, ascending.
  struct List {
    std::array<std::uint16_t, k_places_max + 32> places;  // written in stretches of 32
    std::size_t size = 0;
    [[nodiscard]] std::span<const std::uint16_t> list() const { return {places.data(), size}; }
  };
  struct Places {
    List four;     // a probe of four bytes
    List shorter;  // of fewer
  };
  // By code: eight groups at each place.
  using Permutes = std::array<std::array<std::array<std::uint8_t, k_text_codes>, k_probe_lanes>, k_probe_bytes_max>;

  Probes() = default;
  // Each probe once.
  explicit Probes(const std::vector<Probe>& probes);
  // Looks at steps * k_step_places places from `at`; reads three bytes more.
  void find(const char* at, std::size_t steps, Places& places) const;
  // The same without permutes.
  void find_plainly(const char* at, std::size_t steps, Places& places) const;

 private:
  ProbeTables tables_{};
  Permutes permutes_{};
  bool few_ = false;  // all of four bytes are in the first lane
};

}  // namespace sourceos::redact
