#include "redact/newlines.hpp"

#include <algorithm>
#include <cstring>

namespace sourceos::redact {

namespace {

using Lanes16 = std::uint8_t __attribute__((vector_size(16)));
using Lanes32 = std::uint8_t __attribute__((vector_size(32)));
constexpr std::size_t k_rounds_max = 255;  // then a lane is full

// In lanes of bytes, as many side by side as the CPU has; what is left is counted one by one.
template <class Lanes>
__attribute__((always_inline)) inline std::uint64_t count_in_lanes(std::string_view text) {
  constexpr std::size_t k_lanes = sizeof(Lanes);
  const Lanes newline = Lanes{} + static_cast<std::uint8_t>('\n');
  std::uint64_t count = 0;
  while (text.size() >= 2 * k_lanes) {
    const std::size_t rounds = std::min(text.size() / (2 * k_lanes), k_rounds_max);
    Lanes even{};
    Lanes odd{};
    for (std::size_t i = 0; i < rounds; ++i) {
      const char* const at = text.data() + i * 2 * k_lanes;
      Lanes first;
      Lanes second;
      std::memcpy(&first, at, k_lanes);
      std::memcpy(&second, at + k_lanes, k_lanes);
      even -= reinterpret_cast<Lanes>(first == newline);  // all ones where they are equal
      odd -= reinterpret_cast<Lanes>(second == newline);
    }
    for (std::size_t i = 0; i < k_lanes; ++i) {
      count += std::uint64_t{even[i]} + odd[i];
    }
    text.remove_prefix(rounds * 2 * k_lanes);
  }
  return count + static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) std::uint64_t count_by_avx2(std::string_view text) {
  return count_in_lanes<Lanes32>(text);
}
#endif

}  // namespace

std::uint64_t count_newlines(std::string_view text) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  if (has_avx2) {
    return count_by_avx2(text);
  }
#endif
  return count_newlines_plainly(text);
}

std::uint64_t count_newlines_plainly(std::string_view text) { return count_in_lanes<Lanes16>(text); }

}  // namespace sourceos::redact
