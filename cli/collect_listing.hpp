// What `evidence collect` can and would look at: `--list` and `--dry-run`, as records and as text.
#pragma once

#include "cli/report.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::collect {
struct Plan;
}

namespace sourceos::cli {

class Text;

// All collectors with their options, all presets with their collectors.
[[nodiscard]] Result<Report> listed_collectors();
// A dry run names what would run and looks at nothing. Of the options it tells the names only: a
// command's arguments may hold a secret.
[[nodiscard]] Report listed_plan(const collect::Plan& plan);
// Prints a record of one of these two; false when it is another.
bool print_listing(const json::Value& record, Text& text);

}  // namespace sourceos::cli
