// The two basic types of SSH's binary forms (RFC 4251 section 5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sourceos::bundle::wire {

inline void append_u32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<unsigned char>(value >> shift));
  }
}

inline void append_string(std::string& out, std::string_view bytes) {
  append_u32(out, static_cast<std::uint32_t>(bytes.size()));
  out += bytes;
}

}  // namespace sourceos::bundle::wire
