// TOML (plans, policies, rule files) as a json::Value, so that one way of reading settings serves
// both. The one door to toml++.
#pragma once

#include <string_view>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::toml {

// Dates become strings. `malformed` with line and column; `limit` past 1 MiB or 16 levels.
[[nodiscard]] Result<json::Value> parse(std::string_view text);

}  // namespace sourceos::toml
