// A small fixed-seed generator, so that every run of every machine works on the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sourceos::bench {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e37'79b9'7f4a'7c15U + 1) {}

  // xorshift64*
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545'f491'4f6c'dd1dU;
  }
  std::uint64_t below(std::uint64_t bound) { return (next() >> 16) % bound; }

  void append(std::string& out, std::string_view alphabet, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      out += alphabet[below(alphabet.size())];
    }
  }

 private:
  std::uint64_t state_;
};

inline constexpr std::string_view k_hex = "0123456789abcdef";
inline constexpr std::string_view k_base62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

}  // namespace sourceos::bench
