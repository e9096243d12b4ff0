#include "redact/newlines.hpp"

#include <algorithm>
#include <cstring>

namespace sourceos::redact {

namespace {

using Lanes = std::uint8_t __attribute__((vector_size(16)));
constexpr std::size_t k_rounds_max = 255;  // then a lane is full

std::uint64_t sum_of(Lanes lanes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < sizeof lanes; ++i) {
    sum += lanes[i];
  }
  return sum;
}

}  // namespace

std::uint64_t count_newlines(std::string_view text) {
  const Lanes newline = Lanes{} + static_cast<std::uint8_t>('\n');
  std::uint64_t count = 0;
  while (text.size() >= sizeof newline) {
    const std::size_t rounds = std::min(text.size() / sizeof newline, k_rounds_max);
    Lanes lanes{};
    for (std::size_t i = 0; i < rounds; ++i) {
      Lanes bytes;
      std::memcpy(&bytes, text.data() + i * sizeof bytes, sizeof bytes);
      lanes -= reinterpret_cast<Lanes>(bytes == newline);  // all ones where they are equal
    }
    count += sum_of(lanes);
    text.remove_prefix(rounds * sizeof newline);
  }
  return count + static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

}  // namespace sourceos::redact
