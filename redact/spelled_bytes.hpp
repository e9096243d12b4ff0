// Bytes that a text spells as numbers: lists of them in code and debug output, pairs of hex digits
// with signs between, dumps with an offset on each line. Read as the text that they spell.
#pragma once

#include <cstddef>
#include <string_view>

#include "redact/shadow_text.hpp"

namespace sourceos::redact {

// How far a run of them is read, in bytes of the text.
inline constexpr std::size_t k_spelled_bytes_max = 16 * 1024;

// What the run around `at` spells; empty when it is no text. A byte of a dump stands for its whole
// line, whose margin shows it again.
[[nodiscard]] ShadowText read_spelled(std::string_view text, std::size_t at);

}  // namespace sourceos::redact
