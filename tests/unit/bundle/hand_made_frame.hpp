// zstd frames made by hand (RFC 8878), so that tests can break every rule about them.
#pragma once

#include <cstdint>
#include <string>

namespace sourceos::tests {

inline void append_little_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) {
    out += static_cast<char>(value >> (8 * i) & 255);
  }
}

// Blocks that repeat one byte `size` times in all.
inline std::string repeated_blocks(char byte, std::uint64_t size) {
  constexpr std::uint64_t k_block_max = 128 * 1024;
  std::string out;
  do {
    const std::uint64_t part = size < k_block_max ? size : k_block_max;
    size -= part;
    // Empty content is an empty raw block.
    append_little_endian(out, (size == 0 ? 1U : 0U) | (part == 0 ? 0U : 2U) | part << 3, 3);
    if (part != 0) {
      out += byte;
    }
  } while (size != 0);
  return out;
}

// A single segment with a content size of four bytes and no checksum.
inline std::string hand_made_frame(char byte, std::uint64_t size) {
  std::string out = "\x28\xB5\x2F\xFD\xA0";
  append_little_endian(out, size, 4);
  return out + repeated_blocks(byte, size);
}

}  // namespace sourceos::tests
