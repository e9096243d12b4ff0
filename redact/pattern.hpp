// Reads a rule's pattern before RE2 and the engine see it: only the part of the syntax that both
// take, with bounded repeats, and how wide a match can be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sourceos::redact {

struct PatternFacts {
  std::uint64_t width_min = 0;
  std::uint64_t width_max = 0;
  std::uint64_t literal_min = 0;  // longest run of literal bytes that every match is sure to hold
  int secret_group = 0;           // number of the group named `secret`, or 0
};

// Where in the pattern it goes wrong, counted from 0.
struct PatternFault {
  std::size_t at = 0;
  std::string reason;  // "rule-pattern" or "rule-unbounded"
  std::string message;
};

[[nodiscard]] std::expected<PatternFacts, PatternFault> read_pattern(std::string_view pattern);

}  // namespace sourceos::redact
