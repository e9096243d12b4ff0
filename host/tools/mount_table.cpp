#include "host/tools/mount_table.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "host/files.hpp"

namespace sourceos::host {

namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

// Space, tab, newline and backslash are written as \ooo.
std::string unescape(std::string_view field) {
  std::string out;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] == '\\' && i + 3 < field.size() && is_octal(field[i + 1]) &&
        is_octal(field[i + 2]) && is_octal(field[i + 3])) {
      out += static_cast<char>((field[i + 1] - '0') * 64 + (field[i + 2] - '0') * 8 +
                               (field[i + 3] - '0'));
      i += 3;
    } else {
      out += field[i];
    }
  }
  return out;
}

bool is_within(std::string_view path, std::string_view above) {
  return above == "/" || path == above ||
         (path.starts_with(above) && path.size() > above.size() && path[above.size()] == '/');
}

}  // namespace

// Fields: id, parent, device, root, mount point, options, optional fields, "-", type, source,
// super options.
std::vector<MountTableRow> parse_mount_table(std::string_view table) {
  std::vector<MountTableRow> rows;
  for (const std::string_view line : text::lines(table)) {
    const auto fields = text::split(line, ' ');
    if (fields.size() < 6 || fields[3].empty() || fields[4].empty()) {
      continue;
    }
    MountTableRow row{.device = std::string(fields[2]),
                      .root = unescape(fields[3]),
                      .point = unescape(fields[4]),
                      .options = std::string(fields[5]),
                      .type = {},
                      .source = {},
                      .super_options = {}};
    const auto dash = std::find(fields.begin() + 6, fields.end(), "-");
    if (fields.end() - dash >= 4) {
      row.type = dash[1];
      row.source = unescape(dash[2]);
      row.super_options = dash[3];
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<MountTableRow> read_mount_table(const std::filesystem::path& file) {
  const auto text = read_file(file, k_mount_table_bytes_max);
  return text ? parse_mount_table(*text) : std::vector<MountTableRow>();
}

std::vector<std::string> sources_of(const std::vector<MountTableRow>& table,
                                    const MountTableRow& row) {
  std::vector<std::string> sources;
  for (const MountTableRow& other : table) {
    if (other.device != row.device || other.point == row.point ||
        !is_within(row.root, other.root)) {
      continue;
    }
    const std::string below = row.root.substr(other.root == "/" ? 0 : other.root.size());
    std::string source = (other.point == "/" ? "" : other.point) + (below == "/" ? "" : below);
    sources.push_back(source.empty() ? "/" : std::move(source));
  }
  return sources;
}

}  // namespace sourceos::host
