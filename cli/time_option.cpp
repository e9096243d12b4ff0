#include "cli/time_option.hpp"

#include <fmt/format.h>

#include "cli/parser.hpp"

namespace sourceos::cli {

Result<std::optional<UtcTime>> time_option(const Options& options, std::string_view name) {
  const auto text = options.value(name);
  if (!text) {
    return std::optional<UtcTime>();
  }
  auto time = parse_time(text->size() == 10 ? *text + "T00:00:00Z" : *text);
  if (!time) {
    return fail(ErrorKind::usage, "usage",
                fmt::format("'{}' is a date or a time like 2027-01-31T12:00:00Z, of the years 1678 to 2261",
                            name));
  }
  return std::optional(*time);
}

}  // namespace sourceos::cli
