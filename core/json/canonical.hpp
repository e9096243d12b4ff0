// Canonical JSON for everything that is hashed or signed: the RFC 8785 subset with integers
// 0..2^53-1 only, keys sorted by bytes, strings valid UTF-8 without U+0000 (security S-27).
#pragma once

#include <string>
#include <string_view>

#include "core/json/fwd.hpp"
#include "core/json/parse.hpp"
#include "core/result.hpp"

namespace sourceos::json {

// The canonical bytes; `malformed` for a value outside the subset (float, negative number,
// invalid UTF-8, too deep).
[[nodiscard]] Result<std::string> write_canonical(const Value& value);

// Parses, writes canonically, compares: a difference is `malformed`. This settles white space,
// duplicate keys, number forms and key order at once (security S-12).
[[nodiscard]] Result<Value> parse_canonical(std::string_view text, Bounds bounds = {});

// Appends `text` as a canonical JSON string, with its quotes. `text` must be valid UTF-8.
void append_string(std::string& out, std::string_view text);

}  // namespace sourceos::json
