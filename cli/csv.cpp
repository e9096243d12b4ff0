#include "cli/csv.hpp"

#include "core/text.hpp"

namespace sourceos::cli {

namespace {

std::string csv_cell(std::string_view cell) {
  std::string shown;
  if (!cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos) {
    shown = "'";
  }
  shown += text::for_display(cell);
  if (shown.find_first_of(",\"\r\n") == std::string::npos) {
    return shown;
  }
  std::string quoted = "\"";
  for (const char c : shown) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + "\"";
}

}  // namespace

std::string csv_row(const std::vector<std::string>& cells) {
  std::string row;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    row += (i == 0 ? "" : ",") + csv_cell(cells[i]);
  }
  return row + "\r\n";
}

}  // namespace sourceos::cli
