#include "runtime/machine/host_path.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "core/text.hpp"
#include "runtime/machine/unicode_fold.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::array<std::string_view, 4> k_home_words = {"${HOME}", "$HOME", "%USERPROFILE%", "~"};

bool is_separator(Adapter adapter, char c) {
  return c == '/' || (adapter == Adapter::on_windows && c == '\\');
}

bool is_drive(std::string_view text) {
  return text.size() >= 2 && std::isalpha(static_cast<unsigned char>(text[0])) != 0 &&
         text[1] == ':';
}

std::vector<std::string> components(Adapter adapter, std::string_view path) {
  std::vector<std::string> parts;
  std::string part;
  const auto close = [&] {
    if (part == "..") {
      if (!parts.empty()) {
        parts.pop_back();
      }
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    part.clear();
  };
  for (const char c : path) {
    if (is_separator(adapter, c)) {
      close();
    } else {
      part += c;
    }
  }
  close();
  return parts;
}

// The home word that the path begins with, when it ends there or a separator follows.
std::string_view home_word(std::string_view path) {
  for (const std::string_view word : k_home_words) {
    const bool fits = text::ascii_lower(path.substr(0, word.size())) == text::ascii_lower(word);
    // Variables of a POSIX shell have one spelling; those of Windows are read without case.
    if (!fits || (word[0] == '$' && !path.starts_with(word))) {
      continue;
    }
    if (path.size() == word.size() || path[word.size()] == '/' || path[word.size()] == '\\') {
      return word;
    }
  }
  return {};
}

std::unexpected<Error> syntax(std::string message) {
  return fail(ErrorKind::refused, "path-syntax", std::move(message));
}

// GIT~1, PROGRA~1.TXT: a name that only the file system can resolve.
bool is_short_name(std::string_view part) {
  const std::size_t tilde = part.find('~');
  if (tilde == std::string_view::npos || tilde == 0 || tilde > 7) {
    return false;
  }
  std::size_t at = tilde + 1;
  while (at < part.size() && std::isdigit(static_cast<unsigned char>(part[at])) != 0) {
    ++at;
  }
  return at > tilde + 1 && (at == part.size() || (part[at] == '.' && part.size() - at <= 4));
}

Status check_windows_syntax(std::string_view path) {
  const std::string low = text::ascii_lower(path);
  const auto begins_with_two = [&] {
    return path.size() > 1 && is_separator(Adapter::on_windows, path[0]) &&
           is_separator(Adapter::on_windows, path[1]);
  };
  std::string_view rest = path;
  if (low.starts_with("\\\\?\\") && is_drive(path.substr(4))) {
    rest = path.substr(4);  // the long form of an ordinary path
  } else if (begins_with_two()) {
    return syntax("expected a path on a fixed drive, there is a network or device path");
  }
  if (is_drive(rest)) {
    if (rest.size() > 2 && !is_separator(Adapter::on_windows, rest[2])) {
      return syntax("expected an absolute path, there is one relative to a drive");
    }
    rest = rest.substr(2);
  }
  for (const std::string& part : components(Adapter::on_windows, rest)) {
    if (part.find(':') != std::string::npos) {
      return syntax("expected a file name, there is a data stream");
    }
    if (is_short_name(part)) {
      return syntax("expected a long file name, there is a short one");
    }
  }
  return {};
}

void drop_prefix(PathKey& key, std::initializer_list<std::string_view> prefix) {
  if (key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin())) {
    key.erase(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(prefix.size()));
  }
}

// /private/var is /var, /System/Volumes/Data/Users is /Users.
void fold_macos_places(PathKey& key) {
  drop_prefix(key, {"system", "volumes", "data"});
  if (key.size() > 1 && key[0] == "private" &&
      (key[1] == "var" || key[1] == "tmp" || key[1] == "etc")) {
    key.erase(key.begin());
  }
}

// Trailing dots and spaces are no part of a Windows name.
std::string windows_name(std::string part) {
  while (!part.empty() && (part.back() == '.' || part.back() == ' ')) {
    part.pop_back();
  }
  return fold_name(part);
}

PathKey windows_key(std::string_view path) {
  if (path.starts_with("\\\\?\\") || path.starts_with("//?/")) {
    path.remove_prefix(4);
  }
  PathKey key;
  for (std::string& part : components(Adapter::on_windows, path)) {
    std::string name = is_drive(part) && part.size() == 2 ? text::ascii_lower(part)
                                                          : windows_name(std::move(part));
    if (!name.empty()) {
      key.push_back(std::move(name));
    }
  }
  const bool is_mounted_drive = path.starts_with('/') && key.size() > 1 && key[0] == "mnt" &&
                                key[1].size() == 1 &&
                                std::isalpha(static_cast<unsigned char>(key[1][0])) != 0;
  if (is_mounted_drive) {
    key.erase(key.begin());
    key[0] += ':';
  }
  return key;
}

}  // namespace

Adapter adapter_of(std::string_view name) {
  return name == "macos"     ? Adapter::on_macos
         : name == "windows" ? Adapter::on_windows
                             : Adapter::on_linux;
}

std::string_view to_string(Adapter adapter) {
  switch (adapter) {
    case Adapter::on_linux: return "linux";
    case Adapter::on_macos: return "macos";
    case Adapter::on_windows: return "windows";
  }
  return "linux";
}

PathKey path_key(Adapter adapter, std::string_view absolute) {
  if (adapter == Adapter::on_windows) {
    return windows_key(absolute);
  }
  PathKey key = components(adapter, absolute);
  if (adapter == Adapter::on_macos) {
    for (std::string& part : key) {
      part = fold_name(part);
    }
    fold_macos_places(key);
  }
  return key;
}

Relation relation(const PathKey& first, const PathKey& second) {
  const std::size_t common = std::min(first.size(), second.size());
  if (!std::equal(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(common),
                  second.begin())) {
    return Relation::apart;
  }
  return first.size() == second.size()  ? Relation::equal
         : first.size() > second.size() ? Relation::below
                                        : Relation::above;
}

Status check_path_syntax(Adapter adapter, std::string_view path) {
  if (text::trim(path).empty()) {
    return syntax("expected a path, there is an empty one");
  }
  for (const char c : path) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return syntax("expected a path on one line without control characters");
    }
  }
  const std::string_view word = home_word(path);
  const std::string_view rest = path.substr(word.size());
  if (word.empty() && path.starts_with('~')) {
    return syntax("expected '~/', there is the home of a named user");
  }
  if (rest.find('$') != std::string_view::npos) {
    return syntax("expected no variable but a leading $HOME, there is another");
  }
  if (const std::size_t percent = rest.find('%');
      percent != std::string_view::npos && rest.find('%', percent + 1) != std::string_view::npos) {
    return syntax("expected no variable but a leading %USERPROFILE%, there is another");
  }
  return adapter == Adapter::on_windows ? check_windows_syntax(rest) : Status();
}

std::string expand_home(std::string_view path, std::string_view home) {
  const std::string_view word = home_word(path);
  return word.empty() ? std::string(path)
                      : std::string(home) + std::string(path.substr(word.size()));
}

Status check_no_traversal(Adapter adapter, std::string_view path) {
  std::string part;
  const auto is_up = [&] { return part == ".."; };
  for (const char c : path) {
    if (!is_separator(adapter, c)) {
      part += c;
      continue;
    }
    if (is_up()) {
      break;
    }
    part.clear();
  }
  return is_up() ? fail(ErrorKind::refused, "path-traversal",
                        "expected a path without '..', there is one")
                 : Status();
}

bool is_absolute_path(Adapter adapter, std::string_view path) {
  if (path.starts_with('/')) {
    return true;
  }
  return adapter == Adapter::on_windows && (is_drive(path) || path.starts_with('\\'));
}

std::string wsl_path(std::string_view path) {
  if (path.starts_with("\\\\?\\")) {
    path.remove_prefix(4);
  }
  if (!is_drive(path)) {
    return std::string(path);
  }
  std::string out = fmt::format("/mnt/{}", text::ascii_lower(path.substr(0, 1)));
  for (const std::string& part : components(Adapter::on_windows, path.substr(2))) {
    out += '/';
    out += part;
  }
  return out;
}

std::string home_template(Adapter adapter, std::string_view path, std::string_view home) {
  const PathKey home_key = path_key(adapter, home);
  const PathKey key = path_key(adapter, path);
  const Relation where = relation(key, home_key);
  if (where == Relation::equal) {
    return "~";
  }
  const std::vector<std::string> parts = components(adapter, path);
  const std::size_t below = key.size() - std::min(key.size(), home_key.size());
  if (where != Relation::below || below > parts.size()) {
    return std::string(path);
  }
  std::string out = "~";
  for (std::size_t i = parts.size() - below; i < parts.size(); ++i) {
    out += '/';
    out += parts[i];
  }
  return out;
}

}  // namespace sourceos::runtime
