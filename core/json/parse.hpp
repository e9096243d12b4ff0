// Bounded reading of JSON: size, depth, no duplicate keys, no NUL or lone surrogates in strings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/json/fwd.hpp"
#include "core/limits.hpp"
#include "core/result.hpp"

namespace sourceos::json {

struct Bounds {
  std::uint64_t bytes_max = limits::k_json_bytes_max;
  std::size_t depth_max = limits::k_json_depth_max;
  std::size_t string_bytes_max = static_cast<std::size_t>(-1);  // of one key or value
};

// Any JSON document within the bounds. `malformed` when it is not one, `limit` past a bound.
[[nodiscard]] Result<Value> parse(std::string_view text, Bounds bounds = {});

}  // namespace sourceos::json
