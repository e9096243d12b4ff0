// The form `REDACTED-<class>-<tag>`: letters, digits and '-' only, so that JSON, YAML, XML, INI,
// URLs and shell lines stay what they were. Placeholders in the input stay as they are.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "redact/span.hpp"

namespace sourceos::redact {

inline constexpr std::string_view k_placeholder_begin = "REDACTED-";
inline constexpr std::size_t k_placeholder_bytes_max = 96;

// The length of the placeholder at the beginning of `text`, 0 when there is none. Without a tag
// (hostile sources) only classes of our own count.
[[nodiscard]] std::size_t placeholder_length(std::string_view text);

void append_placeholder(std::string& out, const Span& span);

// Takes the meaning out of a placeholder's class, so that "password" in it starts no rule: every
// lower-case letter between the begin and the tag becomes 'x'. Same length.
void neutralise_placeholder(char* text, std::size_t length);

}  // namespace sourceos::redact
