// Probes as tests spell them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "redact/probe_groups.hpp"

namespace sourceos::redact {

inline Probe probe_of(std::string_view text) {
  Probe probe{.size = static_cast<unsigned>(text.size())};
  for (std::size_t i = 0; i < text.size(); ++i) {
    probe.bytes |= (std::uint32_t{static_cast<unsigned char>(text[i])} | 0x20U) << (8 * i);
  }
  return probe;
}

}  // namespace sourceos::redact
