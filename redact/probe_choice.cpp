#include "redact/probe_choice.hpp"

#include <algorithm>

namespace sourceos::redact {

ChosenProbe ProbeChooser::choose(std::string_view lower) {
  constexpr std::size_t k_offset_max = 64;
  constexpr float k_shared = 0.3F;
  const std::size_t size = std::min(lower.size(), k_probe_bytes_max);
  ChosenProbe best{.probe = {.size = static_cast<unsigned>(size)}};
  float least = 2;
  for (std::size_t at = 0; at + size <= lower.size() && at < k_offset_max; ++at) {
    std::uint32_t bytes = 0;
    for (std::size_t i = 0; i < size; ++i) {
      bytes |= std::uint32_t{static_cast<unsigned char>(lower[at + i])} << (8 * i);
    }
    bytes |= k_probe_fold & (~0U >> (8 * (k_probe_bytes_max - size)));
    float share = TextModel::instance().share(lower.substr(at, size));
    share *= chosen_.contains(bytes) ? k_shared : 1;
    if (share < least) {
      least = share;
      best.probe.bytes = bytes;
      best.offset = static_cast<std::uint16_t>(at);
    }
  }
  chosen_.insert(best.probe.bytes);
  return best;
}

}  // namespace sourceos::redact
