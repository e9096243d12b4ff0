// How well one labelled text came out of redaction.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/eval/labelled_set.hpp"

namespace sourceos::eval {

struct Score {
  std::uint64_t positives = 0;
  std::uint64_t hidden = 0;     // strict: no fragment of the secret is left
  std::uint64_t negatives = 0;
  std::uint64_t changed = 0;    // a false positive
  std::uint64_t context = 0;    // bytes around secrets
  std::uint64_t kept = 0;       // of them, not masked
  void add(const Score& other);
};

// A run of this many bytes of a secret (all of it when shorter) is a fragment, unless the text
// around the secret holds it too.
inline constexpr std::size_t k_fragment_bytes = 8;
[[nodiscard]] bool leaves_fragment(const Labelled& sample, std::string_view output);

// `masked`: byte ranges of the text that were masked.
[[nodiscard]] Score score_of(const Labelled& sample, std::string_view output,
                             const std::vector<std::pair<std::uint64_t, std::uint64_t>>& masked);

// By source and class.
using Scores = std::map<std::pair<std::string, std::string>, Score>;
// A table for people: recall, context kept, false positives; a line for all of it at the end.
[[nodiscard]] std::string table(const Scores& scores);

}  // namespace sourceos::eval
