// Text as data: what may be shown to a person, and small questions about strings.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sourceos::text {

[[nodiscard]] bool is_utf8(std::string_view bytes);

// The one function through which foreign text reaches a terminal or a page (security S-23):
// C0 (but newline and tab), C1, DEL and invalid UTF-8 become `\x..`; bidi controls, zero-width
// marks and U+2028/9 become `\u{..}`. Never fails; already shown text is unchanged.
[[nodiscard]] std::string for_display(std::string_view bytes);
// The same on one line: newline and tab are escaped too.
[[nodiscard]] std::string for_display_line(std::string_view bytes);

[[nodiscard]] std::string ascii_lower(std::string_view text);
// Parts between separators; "a,,b" has three, "" has one.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// Lines without their LF (and CR before it); a last empty line is left out.
[[nodiscard]] std::vector<std::string_view> lines(std::string_view text);
[[nodiscard]] std::string_view trim(std::string_view text);

// Of a list that is long and asked often: most words are told apart by length and first byte.
[[nodiscard]] constexpr bool is_one_of(std::string_view word, std::span<const std::string_view> list) {
  for (const std::string_view each : list) {
    if (each.size() == word.size() && (word.empty() || each.front() == word.front()) && each == word) {
      return true;
    }
  }
  return false;
}

// Shell-style match of a whole path: `*` and `?` stop at '/', `**` does not, `[a-z]` and `[!a]`.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view path);

// "1.5 GiB", "12 KiB", "0 B".
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

// A word quoted for a POSIX shell when it needs it; for commands that people may paste.
[[nodiscard]] std::string shell_word(std::string_view word);

}  // namespace sourceos::text
