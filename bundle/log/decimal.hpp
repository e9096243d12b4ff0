// Numbers as the log's texts write them: decimal, no sign, no leading zero.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

#include "core/limits.hpp"
#include "core/result.hpp"

namespace sourceos::bundle::log {

[[nodiscard]] inline Result<std::uint64_t> parse_decimal(std::string_view text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool is_plain = !text.empty() && (text == "0" || text.front() != '0');
  if (error != std::errc() || stop != end || !is_plain || value > limits::k_json_integer_max) {
    return fail(ErrorKind::malformed, "malformed", "expected a plain decimal number");
  }
  return value;
}

}  // namespace sourceos::bundle::log
