#include "runtime/agent/unit_file.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_drop_ins_max = 1'000;

struct LogicalLine {
  std::string text;
  std::uint64_t number = 0;
};

// A backslash at the end joins the next line with a space; comments between are left out, and a
// comment is never continued.
std::vector<LogicalLine> logical_lines(std::string_view text) {
  std::vector<LogicalLine> joined;
  bool continues = false;
  std::uint64_t number = 0;
  for (const std::string_view raw : text::lines(text)) {
    ++number;
    const std::string_view trimmed = text::trim(raw);
    const bool is_comment = trimmed.starts_with('#') || trimmed.starts_with(';');
    if (is_comment || (trimmed.empty() && !continues)) {
      continue;
    }
    std::string line(continues ? raw : trimmed);
    const bool goes_on = line.ends_with('\\');
    if (goes_on) {
      line.back() = ' ';
    }
    if (continues) {
      joined.back().text += line;
    } else {
      joined.push_back({std::move(line), number});
    }
    continues = goes_on;
  }
  return joined;
}

struct TimeUnit {
  std::string_view name;
  std::uint64_t microseconds;
};
constexpr TimeUnit k_time_units[] = {
    {"us", 1},           {"usec", 1},           {"ms", 1'000},       {"msec", 1'000},
    {"", 1'000'000},     {"s", 1'000'000},      {"sec", 1'000'000},  {"second", 1'000'000},
    {"seconds", 1'000'000}, {"m", 60'000'000},  {"min", 60'000'000}, {"minute", 60'000'000},
    {"minutes", 60'000'000}, {"h", 3'600'000'000}, {"hr", 3'600'000'000},
    {"hour", 3'600'000'000}, {"hours", 3'600'000'000}, {"d", 86'400'000'000},
    {"day", 86'400'000'000}, {"days", 86'400'000'000}, {"w", 604'800'000'000},
    {"week", 604'800'000'000}, {"weeks", 604'800'000'000},
};

const TimeUnit* time_unit(std::string_view name) {
  const auto* found = std::ranges::find(k_time_units, name, &TimeUnit::name);
  return found == std::end(k_time_units) ? nullptr : found;
}

char escaped(char c) {
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 's': return ' ';
    default: return c;
  }
}

}  // namespace

void UnitFile::add(std::string_view text, const fs::path& file) {
  section_.clear();
  for (const LogicalLine& line : logical_lines(text)) {
    if (line.text.starts_with('[') && line.text.ends_with(']')) {
      section_ = line.text.substr(1, line.text.size() - 2);
      continue;
    }
    const auto equals = line.text.find('=');
    if (equals == std::string::npos || equals == 0 || section_.empty()) {
      ++odd_lines_;
      continue;
    }
    assignments_.push_back({section_, std::string(text::trim(line.text.substr(0, equals))),
                            std::string(text::trim(line.text.substr(equals + 1))), file,
                            line.number});
  }
}

const UnitAssignment* UnitFile::last(std::string_view section, std::string_view key) const {
  const auto found = std::find_if(
      assignments_.rbegin(), assignments_.rend(),
      [&](const UnitAssignment& each) { return each.section == section && each.key == key; });
  return found == assignments_.rend() || found->value.empty() ? nullptr : &*found;
}

std::vector<const UnitAssignment*> UnitFile::all(std::string_view section,
                                                 std::string_view key) const {
  std::vector<const UnitAssignment*> found;
  for (const UnitAssignment& each : assignments_) {
    if (each.section == section && each.key == key) {
      if (each.value.empty()) {
        found.clear();
      } else {
        found.push_back(&each);
      }
    }
  }
  return found;
}

Result<UnitFile> read_unit(const fs::path& path) {
  SOURCEOS_TRY_ASSIGN(const std::string text,
                      host::read_file(path, limits::k_config_file_bytes_max));
  UnitFile unit;
  unit.add(text, path);
  SOURCEOS_TRY(add_drop_ins(unit, path));
  return unit;
}

Status add_drop_ins(UnitFile& unit, const fs::path& path) {
  // A template's drop-ins count for its instances, and come first.
  std::vector<fs::path> directories;
  const std::string name = path.filename().string();
  if (const auto at = name.find('@'); at != std::string::npos) {
    directories.push_back(path.parent_path() /
                          (name.substr(0, at + 1) + path.extension().string() + ".d"));
  }
  directories.emplace_back(path.string() + ".d");
  for (const fs::path& directory : directories) {
    const auto opened = host::open_directory(directory);
    if (!opened) {
      continue;
    }
    SOURCEOS_TRY_ASSIGN(const auto entries, host::list_directory(*opened, k_drop_ins_max));
    for (const host::DirectoryEntry& entry : entries) {
      if (!entry.name.ends_with(".conf")) {
        continue;
      }
      SOURCEOS_TRY_ASSIGN(const std::string more, host::read_file(directory / entry.name,
                                                                  limits::k_config_file_bytes_max));
      unit.add(more, directory / entry.name);
    }
  }
  return {};
}

std::vector<std::string> unit_words(std::string_view value) {
  std::vector<std::string> words;
  std::string word;
  bool has_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\\' && i + 1 < value.size()) {
      word += escaped(value[++i]);
      has_word = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
      has_word = true;
    } else if (c == ' ' || c == '\t') {
      if (has_word) {
        words.push_back(std::move(word));
      }
      word.clear();
      has_word = false;
    } else {
      word += c;
      has_word = true;
    }
  }
  if (has_word) {
    words.push_back(std::move(word));
  }
  return words;
}

std::optional<std::uint64_t> unit_time_ms(std::string_view value) {
  value = text::trim(value);
  if (value == "infinity") {
    return std::numeric_limits<std::uint64_t>::max();
  }
  if (value.empty()) {
    return std::nullopt;
  }
  std::uint64_t total_us = 0;
  const char* at = value.data();
  const char* const end = at + value.size();
  while (at != end) {
    double amount = 0;
    const auto [after, error] = std::from_chars(at, end, amount);
    constexpr double k_amount_max = 1e9;
    if (error != std::errc() || amount < 0 || amount > k_amount_max) {
      return std::nullopt;
    }
    const char* unit_end = after;
    while (unit_end != end && *unit_end >= 'a' && *unit_end <= 'z') {
      ++unit_end;
    }
    const TimeUnit* unit = time_unit({after, static_cast<std::size_t>(unit_end - after)});
    if (unit == nullptr) {
      return std::nullopt;
    }
    total_us += static_cast<std::uint64_t>(amount * static_cast<double>(unit->microseconds));
    at = unit_end;
    while (at != end && *at == ' ') {
      ++at;
    }
  }
  return total_us / 1'000;
}

}  // namespace sourceos::runtime
