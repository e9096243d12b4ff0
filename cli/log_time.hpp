// The time that a log line names, for the histogram of the report page.
#pragma once

#include <optional>
#include <string_view>

#include "core/time.hpp"

namespace sourceos::cli {

// RFC 3339 and its usual looser spellings ("2026-01-31 12:00:00,123", with or without zone; no
// zone reads as UTC), and syslog's "Jan 31 12:00:00", whose year is the newest that does not lie
// after `collected_at`. nullopt when the line names none.
[[nodiscard]] std::optional<UtcTime> log_time(std::string_view line, UtcTime collected_at);

}  // namespace sourceos::cli
