// A rule's pattern as the engine gets it: shorter, and true wherever the rule's own is.
//
// The engine only has to end a match somewhere within each match of the rule; what the rule really
// takes is for its matcher. So what may vary at a pattern's end is cut to its least: one event a
// match instead of one for each possible end, each of which would cost a look when the match is
// refused. (Cutting the begin, or leaving wide repeats open, makes scanning slower.)
#pragma once

#include <string>
#include <string_view>

namespace sourceos::redact {

// `pattern` was accepted by read_pattern(). Each of its matches [from, to) holds a match of the
// result that ends past `from` and at `to` or before.
[[nodiscard]] std::string engine_pattern(std::string_view pattern);

}  // namespace sourceos::redact
