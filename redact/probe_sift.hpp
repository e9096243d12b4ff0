// Of places where a probe may begin (Probes), those where a bit map knows the four bytes: the second
// look of Literals.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "redact/probes.hpp"

namespace sourceos::redact {

class ProbeSift {
 public:
  // Written in stretches of 16.
  using Kept = std::array<std::uint16_t, Probes::k_places_max + 16>;

  // `mask`: the bytes of a probe that count, of all that are added.
  void add(std::uint32_t probe, std::uint32_t mask);
  [[nodiscard]] std::uint32_t mask() const { return mask_; }
  // Whether there is a probe like those bytes.
  [[nodiscard]] bool has(std::uint32_t bytes) const {
    const std::uint32_t bit = bit_of((bytes | k_probe_fold) & mask_);
    return (map_[bit / 32] >> (bit % 32) & 1) != 0;
  }
  // Reads four bytes at each place, counted from `at`. How many it kept.
  std::size_t sift(const char* at, std::span<const std::uint16_t> places, Kept& kept) const;
  // The same without gathers.
  std::size_t sift_plainly(const char* at, std::span<const std::uint16_t> places, Kept& kept) const;

 private:
  static constexpr unsigned k_bits = 16;
  static std::uint32_t bit_of(std::uint32_t probe) { return probe * 2654435761U >> (32 - k_bits); }
  std::uint32_t mask_ = 0;
  std::vector<std::uint32_t> map_;
};

}  // namespace sourceos::redact
