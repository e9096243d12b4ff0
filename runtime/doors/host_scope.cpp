#include "runtime/doors/host_scope.hpp"

#include <array>

#include "core/text.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::array<std::string_view, 4> k_home_words = {"~", "$HOME", "${HOME}", "%USERPROFILE%"};

bool is_separator(char c, bool is_windows) { return c == '/' || (is_windows && c == '\\'); }

// A drive letter or %USERPROFILE% in front: then a backslash separates too.
bool is_windows_path(std::string_view path) {
  return path.starts_with("%USERPROFILE%") ||
         (path.size() > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/'));
}

std::vector<std::string> split(std::string_view path) {
  const bool is_windows = is_windows_path(path);
  std::vector<std::string> parts;
  std::string part;
  for (const char c : path) {
    if (!is_separator(c, is_windows)) {
      part += c;
    } else if (!part.empty()) {
      parts.push_back(std::move(part));
      part.clear();
    }
  }
  if (!part.empty()) {
    parts.push_back(std::move(part));
  }
  if (is_windows) {
    // Windows compares without letter case; the home word stays as it is spelled.
    for (std::size_t i = path.starts_with('%') ? 1 : 0; i < parts.size(); ++i) {
      parts[i] = text::ascii_lower(parts[i]);
    }
  }
  return parts;
}

}  // namespace

std::vector<std::string> scope_parts(std::string_view path, std::string_view home) {
  std::vector<std::string> parts = split(path);
  if (!parts.empty()) {
    for (const std::string_view word : k_home_words) {
      if (parts.front() == word) {
        parts.front() = "~";
        return parts;
      }
    }
  }
  const std::vector<std::string> above = home.empty() ? std::vector<std::string>() : split(home);
  const bool is_below_home = !above.empty() && parts.size() >= above.size() &&
                             std::equal(above.begin(), above.end(), parts.begin());
  if (is_below_home) {
    parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(above.size()));
    parts.insert(parts.begin(), "~");
  } else {
    parts.insert(parts.begin(), "/");
  }
  return parts;
}

bool is_in_scope(std::string_view path, std::string_view scope, bool is_recursive,
                 std::string_view home) {
  const std::vector<std::string> inner = scope_parts(path, home);
  const std::vector<std::string> outer = scope_parts(scope, home);
  if (inner.size() < outer.size() || (!is_recursive && inner.size() != outer.size())) {
    return false;
  }
  for (const std::string& part : inner) {
    if (part == "..") {
      return false;
    }
  }
  return std::equal(outer.begin(), outer.end(), inner.begin());
}

bool access_includes(std::string_view given, std::string_view wanted) {
  if (given == "read-write" || given == wanted) {
    return true;
  }
  return wanted == "read-only" && given == "browser-read-write-agent-read-only";
}

}  // namespace sourceos::runtime
