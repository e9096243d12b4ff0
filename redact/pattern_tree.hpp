// A rule's pattern as a tree: rows of pieces, each an atom or a group with its repeat. For those
// who cut patterns (engine_pattern) or ask what each match is sure to hold (pattern_needs).
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace sourceos::redact {

inline constexpr unsigned k_repeat_open = ~0U;

// One atom with its repeat. A group keeps its alternatives, each a row of pieces.
struct Piece {
  std::string atom;  // of a group its begin: "(?:" or "(?i:"
  std::vector<std::vector<Piece>> alternatives;
  unsigned min = 1;
  unsigned max = 1;
  bool is_assertion = false;

  [[nodiscard]] bool is_group() const { return !alternatives.empty(); }
  [[nodiscard]] bool is_flags() const { return is_assertion && atom.starts_with('('); }
  [[nodiscard]] bool is_exact() const { return min == max; }
};
using PieceRow = std::vector<Piece>;

// `pattern` was accepted by read_pattern().
[[nodiscard]] std::vector<PieceRow> read_pieces(std::string_view pattern);

// The bytes that an atom (no group, no assertion) takes, in the case in which it is written.
using ByteSet = std::bitset<256>;
[[nodiscard]] ByteSet bytes_of(std::string_view atom);

}  // namespace sourceos::redact
