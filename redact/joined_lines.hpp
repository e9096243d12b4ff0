// Lines that something broke in the middle of a token: quoted-printable, base64 at 64 or 76, folded
// YAML, the width of a terminal, a log that puts its prefix before each part (security S-30).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "redact/shadow_text.hpp"

namespace sourceos::redact {

// `text` holds the line in which a run of token characters ends at `end`, and what follows. When it
// goes on in the next lines: the line with them, joined, from the begin of its line (`from` is where
// that is in text). `first`: bytes of the joined text that stood on the first line.
struct JoinedLines {
  ShadowText shadow;
  std::size_t first = 0;
  bool sure = false;  // a soft break or a width; a list of tokens looks like the rest
};
[[nodiscard]] std::optional<JoinedLines> join_lines(std::string_view text, std::size_t begin, std::size_t end);

}  // namespace sourceos::redact
