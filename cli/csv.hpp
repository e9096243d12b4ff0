// CSV (RFC 4180). A cell that a spreadsheet would take for a formula gets a leading quote mark.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sourceos::cli {

// One row with its CRLF.
[[nodiscard]] std::string csv_row(const std::vector<std::string>& cells);

}  // namespace sourceos::cli
