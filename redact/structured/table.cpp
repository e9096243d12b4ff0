#include "redact/structured/table.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "redact/confirm.hpp"
#include "redact/secret_name.hpp"

namespace sourceos::redact {

namespace {

constexpr std::size_t k_columns_max = 64;
constexpr std::size_t k_header_bytes_max = 2048;

struct Cell {
  std::size_t from, to;
};

// Cells of the line at [from, to), without blanks and quotes around them.
std::vector<Cell> cells_of(std::string_view text, std::size_t from, std::size_t to, char separator) {
  std::vector<Cell> out;
  bool quoted = false;
  std::size_t begin = from;
  const auto push = [&](std::size_t end) {
    Cell cell{begin, end};
    while (cell.from < cell.to && std::string_view(" \t\"").contains(text[cell.from])) {
      ++cell.from;
    }
    while (cell.to > cell.from && std::string_view(" \t\r\"").contains(text[cell.to - 1])) {
      --cell.to;
    }
    out.push_back(cell);
    begin = end + 1;
  };
  for (std::size_t at = from; at < to && out.size() < k_columns_max; ++at) {
    quoted = text[at] == '"' ? !quoted : quoted;
    if (text[at] == separator && !quoted) {
      push(at);
    }
  }
  push(to);
  return out;
}

bool is_column_name(std::string_view cell) {
  constexpr std::size_t k_name_bytes_max = 40;
  return cell.size() <= k_name_bytes_max && !cell.ends_with('.') && std::ranges::all_of(cell, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view(" _-./()").contains(c);
         });
}

bool is_secret_name(std::string_view name) {
  const NameMeaning meaning = meaning_of_name(name);
  return meaning.strength == NameStrength::password || meaning.strength == NameStrength::strong;
}

// What cells() masks in the rows below; empty when the line is no header of that separator.
std::vector<std::string> header_of(std::string_view text, std::size_t to, char separator) {
  std::vector<std::string> names;
  bool secret = false;
  for (const Cell& cell : cells_of(text, 0, to, separator)) {
    names.emplace_back(text.substr(cell.from, cell.to - cell.from));
    if (!is_column_name(names.back())) {
      return {};
    }
    secret = secret || is_secret_name(names.back());
  }
  return secret && names.size() > 1 ? names : std::vector<std::string>();
}

// The first rows have as many cells as the header: prose and code do not.
bool rows_fit(std::string_view text, std::size_t at, std::size_t columns, char separator) {
  constexpr int k_rows_seen = 16;
  int fitting = 0;
  int rows = 0;
  for (; rows < k_rows_seen && at < text.size(); ++rows) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    fitting += cells_of(text, at, end, separator).size() == columns ? 1 : 0;
    at = end + 1;
  }
  return fitting > 0 && fitting * 3 >= rows * 2;
}

}  // namespace

SecretValues table_secrets(std::string_view bytes) {
  SecretValues out;
  const std::size_t header_end = bytes.find('\n');
  if (header_end == std::string_view::npos || header_end > k_header_bytes_max) {
    return out;
  }
  for (const char separator : {',', ';', '\t', '|'}) {
    const std::vector<std::string> names = header_of(bytes, header_end, separator);
    if (names.empty()) {
      continue;
    }
    if (!rows_fit(bytes, header_end + 1, names.size(), separator)) {
      continue;
    }
    for (std::size_t at = header_end + 1; at < bytes.size();) {
      const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
      const std::vector<Cell> cells = cells_of(bytes, at, end, separator);
      for (std::size_t column = 0; cells.size() == names.size() && column < names.size(); ++column) {
        const std::string_view cell = bytes.substr(cells[column].from, cells[column].to - cells[column].from);
        if (is_secret_name(names[column]) && is_secret_value(names[column], cell)) {
          out.push_back({.from = cells[column].from, .to = cells[column].to,
                         .klass = class_of_name(names[column]), .value = std::string(cell)});
        }
      }
      at = end + 1;
    }
    return out;
  }
  return out;
}

}  // namespace sourceos::redact
