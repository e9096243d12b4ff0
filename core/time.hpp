// Points in time as documents write them: UTC, RFC 3339, `YYYY-MM-DDTHH:MM:SS[.f{1,9}]Z`.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sourceos {

struct UtcTime {
  std::int64_t nanoseconds = 0;  // since 1970-01-01T00:00:00Z; the year lies in 1..9999

  auto operator<=>(const UtcTime&) const = default;
  [[nodiscard]] static UtcTime from_seconds(std::int64_t seconds) {
    return {seconds * 1'000'000'000};
  }
};

// Second precision, as agent-machine 2.4 wants it.
[[nodiscard]] std::string format_seconds(UtcTime time);
// All nine digits when there are any below the second, trailing zeros dropped.
[[nodiscard]] std::string format_exact(UtcTime time);
// The whole grammar above and nothing else; anything else is `malformed`.
[[nodiscard]] Result<UtcTime> parse_time(std::string_view text);

}  // namespace sourceos
