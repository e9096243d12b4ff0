// The screen: a small table of token formats that must not stand in a bundle outside of a
// placeholder (security S-13). Plain C++, no rules from outside, no regular expressions; it knows
// far less than redaction and shares no code with it. A hit says where, never what.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sourceos::bundle::screen {

// Counts up when the table changes: a later table may find more in an old bundle.
inline constexpr unsigned k_version = 1;

// Nothing further away than this from a token's first byte decides whether it is one.
inline constexpr std::uint64_t k_reach_bytes = 256;

struct Hit {
  std::string_view rule;
  std::uint64_t from = 0;  // offsets in the text
  std::uint64_t to = 0;
};

// All tokens of the table, in order. The text's ends count as the token's surroundings.
[[nodiscard]] std::vector<Hit> scan(std::string_view text);
// The same without vector instructions: what tests compare with.
[[nodiscard]] std::vector<Hit> scan_plainly(std::string_view text);

[[nodiscard]] std::vector<std::string_view> rule_names();

}  // namespace sourceos::bundle::screen
