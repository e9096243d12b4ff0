// systemd units as systemd reads them: continuations joined, later assignments win, an empty
// assignment resets, drop-ins after the unit in order of their names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sourceos::runtime {

struct UnitAssignment {
  std::string section;  // "Service"
  std::string key;
  std::string value;
  std::filesystem::path file;
  std::uint64_t line = 0;  // where it begins
};

class UnitFile {
 public:
  // Adds a file's text after what is there. Never fails: a line that is none is `odd`.
  void add(std::string_view text, const std::filesystem::path& file);

  // The last assignment; nullptr when there is none or the last one is empty.
  [[nodiscard]] const UnitAssignment* last(std::string_view section, std::string_view key) const;
  // Every assignment since the last empty one.
  [[nodiscard]] std::vector<const UnitAssignment*> all(std::string_view section,
                                                       std::string_view key) const;
  [[nodiscard]] const std::vector<UnitAssignment>& assignments() const { return assignments_; }
  [[nodiscard]] std::size_t odd_lines() const { return odd_lines_; }

 private:
  std::vector<UnitAssignment> assignments_;
  std::string section_;
  std::size_t odd_lines_ = 0;
};

// The unit at `path` with the drop-ins beside it (`<path>.d/*.conf`). `limit` for files past 1 MiB.
[[nodiscard]] Result<UnitFile> read_unit(const std::filesystem::path& path);
// The drop-ins that count for the unit at `path`, whether it exists or not.
[[nodiscard]] Status add_drop_ins(UnitFile& unit, const std::filesystem::path& path);
// Words of a command line or a list: quotes and C-style escapes undone.
[[nodiscard]] std::vector<std::string> unit_words(std::string_view value);
// A time span ("90", "1min 30s", "500ms") in milliseconds; nullopt for what is none;
// "infinity" is the largest value.
[[nodiscard]] std::optional<std::uint64_t> unit_time_ms(std::string_view value);

}  // namespace sourceos::runtime
