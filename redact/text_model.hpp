// How often bytes follow each other in logs: tells which part of a literal is the rarest. Only speed
// depends on it.
#pragma once

#include <array>
#include <string_view>

namespace sourceos::redact {

// Bytes are told apart as Probes does: without the bit of a letter's case.
inline constexpr std::size_t k_text_codes = 64;
[[nodiscard]] constexpr std::size_t text_code(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte & 0x1FU) | (byte >> 1 & 0x20U);
}

class TextModel {
 public:
  [[nodiscard]] static const TextModel& instance();
  // What it was made of.
  [[nodiscard]] static std::string_view lines();
  // Of all bytes, those with the code.
  [[nodiscard]] float share(std::size_t code) const { return share_[code]; }
  // Of all places, those where such bytes begin; not empty.
  [[nodiscard]] float share(std::string_view bytes) const;

 private:
  TextModel();
  std::array<float, k_text_codes> share_{};
  std::array<std::array<float, k_text_codes>, k_text_codes> next_{};  // of those behind the first
  // Of all places, those where such four begin, by a hash: words are more than their pairs tell.
  static constexpr std::size_t k_fours = 16384;
  std::array<float, k_fours> fours_{};
  [[nodiscard]] static std::size_t hash_of_four(std::string_view bytes);
};

}  // namespace sourceos::redact
