// Parts of canonical JSON that the format's writers share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sourceos::bundle {

// Text as a JSON string can hold it: bytes that are not UTF-8, and NUL, become "%XX".
[[nodiscard]] std::string json_text(std::string_view bytes);

// Whether bytes can stand in a canonical JSON string without an escape (UTF-8 is not looked at).
[[nodiscard]] bool is_plain_json(std::string_view text);

// How many bytes at the start are ASCII that stands for itself in a JSON string.
[[nodiscard]] std::size_t plain_ascii_prefix(std::string_view text);

// Append a quoted string, a decimal number.
void append_json(std::string& out, std::string_view text);
void append_json(std::string& out, std::uint64_t number);

}  // namespace sourceos::bundle
