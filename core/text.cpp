#include "core/text.hpp"

#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace sourceos::text {

namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  // 0: not UTF-8 here
};

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// One code point at the front, by the well-formed table of Unicode 15, section 3.9 (D92).
CodePoint decode(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (first < 0x80) {
    return {first, 1};
  }
  std::size_t length = 0;
  std::uint32_t value = 0;
  std::uint32_t least = 0;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2, value = first & 0x1FU, least = 0x80;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3, value = first & 0x0FU, least = 0x800;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4, value = first & 0x07U, least = 0x10000;
  }
  if (length == 0 || bytes.size() < length) {
    return {};
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(bytes[i])) {
      return {};
    }
    value = value << 6 | (static_cast<unsigned char>(bytes[i]) & 0x3FU);
  }
  if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
    return {};
  }
  return {value, length};
}

// Code points that change how the text around them is shown, or show nothing.
bool is_deceptive(std::uint32_t value) {
  return value == 0xAD || value == 0x61C || value == 0x180E || (value >= 0x200B && value <= 0x200F) ||
         (value >= 0x2028 && value <= 0x202E) || (value >= 0x2060 && value <= 0x206F) ||
         value == 0xFEFF || (value >= 0xFFF9 && value <= 0xFFFB) ||
         (value >= 0xE0000 && value <= 0xE007F);
}

enum class Newlines { kept, escaped };

std::string shown(std::string_view bytes, Newlines newlines) {
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size();) {
    const CodePoint point = decode(bytes.substr(i));
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (point.length == 0) {
      out += fmt::format("\\x{:02x}", byte);
      ++i;
      continue;
    }
    const bool is_break = point.value == '\n' || point.value == '\t';
    const bool is_control = point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0);
    if (is_control && !(is_break && newlines == Newlines::kept)) {
      out += fmt::format("\\x{:02x}", point.value);
    } else if (is_deceptive(point.value)) {
      out += fmt::format("\\u{{{:x}}}", point.value);
    } else {
      out += bytes.substr(i, point.length);
    }
    i += point.length;
  }
  return out;
}

// Matches one `[...]` class at the front of `pattern`; false when it is not a class at all.
bool match_class(std::string_view& pattern, char c, bool& matched) {
  const std::size_t close = pattern.find(']', 2);
  if (close == std::string_view::npos) {
    return false;
  }
  std::string_view set = pattern.substr(1, close - 1);
  const bool negated = set[0] == '!' || set[0] == '^';
  if (negated) {
    set.remove_prefix(1);
  }
  bool inside = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      inside = inside || (c >= set[i] && c <= set[i + 2]);
      i += 2;
    } else {
      inside = inside || c == set[i];
    }
  }
  matched = inside != negated && c != '/';
  pattern.remove_prefix(close + 1);
  return true;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t length = decode(bytes.substr(i)).length;
    if (length == 0) {
      return false;
    }
    i += length;
  }
  return true;
}

std::string for_display(std::string_view bytes) { return shown(bytes, Newlines::kept); }
std::string for_display_line(std::string_view bytes) { return shown(bytes, Newlines::escaped); }

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string_view> lines(std::string_view text) {
  std::vector<std::string_view> parts = split(text, '\n');
  if (parts.back().empty()) {
    parts.pop_back();
  }
  for (std::string_view& line : parts) {
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
  }
  return parts;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view k_space = " \t\r\n\v\f";
  const std::size_t from = text.find_first_not_of(k_space);
  if (from == std::string_view::npos) {
    return {};
  }
  return text.substr(from, text.find_last_not_of(k_space) - from + 1);
}

bool glob_match(std::string_view pattern, std::string_view path) {
  // Where to come back to with one more byte taken: the last `*`, else the last `**`. What stands
  // between two `**` needs no second try once it matched, so one of each is enough.
  struct Retry {
    std::string_view pattern;
    std::string_view path;
    bool is_set = false;
  };
  Retry single;
  Retry across;
  for (;;) {
    if (pattern.starts_with("**")) {
      pattern.remove_prefix(2);
      if (pattern.starts_with('/') && glob_match(pattern.substr(1), path)) {
        return true;  // `**/x` also matches `x`
      }
      across = {pattern, path, true};
      single.is_set = false;
      continue;
    }
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      single = {pattern, path, true};
      continue;
    }
    if (pattern.empty() && path.empty()) {
      return true;
    }
    bool matched = false;
    std::string_view rest = pattern;
    if (!pattern.empty() && !path.empty()) {
      if (pattern[0] == '?') {
        matched = path[0] != '/';
        rest.remove_prefix(1);
      } else if (pattern[0] != '[' || !match_class(rest, path[0], matched)) {
        matched = pattern[0] == path[0];
        rest = pattern.substr(1);
      }
    }
    if (matched) {
      pattern = rest;
      path.remove_prefix(1);
      continue;
    }
    if (single.is_set && !single.path.empty() && single.path[0] != '/') {
      single.path.remove_prefix(1);
      pattern = single.pattern;
      path = single.path;
    } else if (across.is_set && !across.path.empty()) {
      across.path.remove_prefix(1);
      pattern = across.pattern;
      path = across.path;
      single.is_set = false;
    } else {
      return false;
    }
  }
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> k_units = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < k_units.size()) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, k_units[unit]);
}

std::string shell_word(std::string_view word) {
  constexpr std::string_view k_plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,";
  if (!word.empty() && word.find_first_not_of(k_plain) == std::string_view::npos) {
    return std::string(word);
  }
  std::string out = "'";
  for (const char c : word) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

}  // namespace sourceos::text
