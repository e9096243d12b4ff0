#include "host/tools/version.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "core/text.hpp"

namespace sourceos::host {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_version(std::string_view word) {
  constexpr std::size_t k_bytes_max = 40;
  const auto fits = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
           c == '+' || c == '~';
  };
  const auto dot = word.find('.');
  return word.size() <= k_bytes_max && dot != std::string_view::npos && dot > 0 &&
         std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(dot), is_digit) &&
         dot + 1 < word.size() && is_digit(word[dot + 1]) && std::ranges::all_of(word, fits);
}

}  // namespace

std::string version_in(std::string_view output) {
  for (const std::string_view line : text::lines(output)) {
    for (std::string_view word : text::split(line, ' ')) {
      word = text::trim(word);
      if (word.ends_with(',')) {
        word.remove_suffix(1);
      }
      if (is_version(word)) {
        return std::string(word);
      }
    }
  }
  return {};
}

std::string podman_version_in(std::string_view output) {
  constexpr std::size_t k_looked_at = 4096;
  const std::string words = text::ascii_lower(output.substr(0, k_looked_at));
  return words.find("docker version") == std::string::npos ? version_in(output) : std::string();
}

bool is_older_version(std::string_view version, std::string_view least) {
  const auto number = [](std::string_view part) {
    std::uint64_t value = 0;
    (void)std::from_chars(part.data(), part.data() + part.size(), value);
    return value;
  };
  const auto ours = text::split(version, '.');
  const auto wanted = text::split(least, '.');
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::uint64_t a = i < ours.size() ? number(ours[i]) : 0;
    const std::uint64_t b = number(wanted[i]);
    if (a != b) {
      return a < b;
    }
  }
  return false;
}

}  // namespace sourceos::host
