// What each match of a pattern is sure to hold, so that a pattern is only looked for where that
// stands: a run of token characters, one of a few anchors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sourceos::redact {

// A literal of which a match holds one, without case; ASCII letters in lower case.
struct Anchor {
  std::string bytes;
  bool word_begin = false;  // no letter, digit or '_' stands before it
  bool word_end = false;    // nor after it
  std::uint32_t offset_min = 0;  // from the match's begin
  std::uint32_t offset_max = 0;
  auto operator<=>(const Anchor&) const = default;
};

struct PatternNeeds {
  std::uint32_t token_run = 0;    // longest run of letters, digits, '_' and '-', in bytes
  bool newline = false;           // a match may go over a line's end
  std::vector<Anchor> anchors;  // those of the places that are the rarest; empty: none known
  double anchor_cost = 0;        // how often one of them stands in text, by a rough guess
};

// `pattern` was accepted by read_pattern().
[[nodiscard]] PatternNeeds needs_of(std::string_view pattern);

// The longest runs that each match holds: of a token's characters, and of those with '+' and '/'.
struct PatternRuns {
  std::size_t token = 0;
  std::size_t base64 = 0;
};
[[nodiscard]] PatternRuns runs_of(std::string_view pattern);

// How often a literal stands in text: a guess from its letters.
[[nodiscard]] double commonness(std::string_view literal);

}  // namespace sourceos::redact
