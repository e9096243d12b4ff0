// Options that take a date or a time.
#pragma once

#include <optional>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"

namespace sourceos::cli {

class Options;

// Nothing when the option is not given; a date is the beginning of that day.
[[nodiscard]] Result<std::optional<UtcTime>> time_option(const Options& options, std::string_view name);

}  // namespace sourceos::cli
