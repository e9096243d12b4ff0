// Which bytes each match of a pattern is sure to hold side by side: read from the pattern itself, so
// that most texts are refused before it is compiled, and for a fraction of what a search costs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "redact/text_model.hpp"

namespace sourceos::redact {

// A bit for each code of a byte (text_code), of which more than one byte may have the same.
using TextCodes = std::uint64_t;

// The pairs that stand in a text, and, by a hash, the threes.
class TextPairs {
 public:
  void read(std::string_view text);
  [[nodiscard]] TextCodes behind(std::size_t code) const { return behind_[code]; }
  [[nodiscard]] bool has_three(std::uint16_t hash) const { return (threes_[hash / 64] >> (hash % 64) & 1) != 0; }
  [[nodiscard]] static std::uint16_t hash_of(std::size_t first, std::size_t second, std::size_t third) {
    const auto three = static_cast<std::uint32_t>(first << 12 | second << 6 | third);
    return static_cast<std::uint16_t>(three * 2654435761U >> (32 - k_hash_bits));
  }

 private:
  static constexpr unsigned k_hash_bits = 12;
  std::array<TextCodes, k_text_codes> behind_{};
  std::array<std::uint64_t, (1U << k_hash_bits) / 64> threes_{};
};

class PatternPairs {
 public:
  // `pattern` was accepted by read_pattern().
  explicit PatternPairs(std::string_view pattern);
  // False: no match lies in the text.
  [[nodiscard]] bool may_match(const TextPairs& text) const;

  // One of `first` with one of `next` behind it.
  struct Pair {
    TextCodes first = 0, next = 0;
    bool operator==(const Pair&) const = default;
  };
  // One of these, each a hash of three.
  using Threes = std::vector<std::uint16_t>;
  // Every pair of a row stands in its match, one of each of its threes, and one row of each of its choices.
  struct Row {
    std::vector<Threes> threes;
    std::vector<Pair> pairs;
    std::vector<std::vector<Row>> choices;
  };

 private:
  std::vector<Row> rows_;
};

}  // namespace sourceos::redact
