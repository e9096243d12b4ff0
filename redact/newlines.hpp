// How many lines end in a text: asked of every byte of a log, so many at a time.
#pragma once

#include <cstdint>
#include <string_view>

namespace sourceos::redact {

[[nodiscard]] std::uint64_t count_newlines(std::string_view text);
// The same on any CPU.
[[nodiscard]] std::uint64_t count_newlines_plainly(std::string_view text);

}  // namespace sourceos::redact
