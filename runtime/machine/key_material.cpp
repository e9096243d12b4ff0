#include "runtime/machine/key_material.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/text.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::size_t k_key_line_least = 16;

bool is_base64(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '=';
}

// "Proc-Type: 4,ENCRYPTED" stands before the key of older files.
bool begins_key(std::string_view line) {
  if (line.starts_with("Proc-Type:") || line.starts_with("Version:") ||
      line.starts_with("Comment:")) {
    return true;
  }
  return line.size() >= k_key_line_least && std::all_of(line.begin(), line.end(), is_base64);
}

bool is_private_begin(std::string_view line) {
  return line.starts_with("-----BEGIN ") && line.ends_with("-----") &&
         (line.find("PRIVATE KEY") != std::string_view::npos ||
          line.find("ENCRYPTED SECRET KEY") != std::string_view::npos);
}

bool has_key_block(std::string_view head) {
  const std::vector<std::string_view> lines = text::lines(head);
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const std::string_view line = text::trim(lines[i]);
    std::string_view next = text::trim(lines[i + 1]);
    if (is_private_begin(line) && next.empty() && i + 2 < lines.size()) {
      next = text::trim(lines[i + 2]);
    }
    if (is_private_begin(line) && begins_key(next)) {
      return true;
    }
  }
  return false;
}

bool has_single_line_key(std::string_view head) {
  // In pieces, so that this file holds no marker itself.
  constexpr std::string_view k_age =
      "AGE-SECRET-KEY"
      "-1";
  constexpr std::size_t k_age_least = 58;
  const std::vector<std::string_view> lines = text::lines(head);
  return std::any_of(lines.begin(), lines.end(), [&](std::string_view line) {
    return line.starts_with(k_age) && line.size() >= k_age_least;
  });
}

bool is_service_account(std::string_view head) {
  const auto has = [&](std::string_view words) {
    return head.find(words) != std::string_view::npos;
  };
  return text::trim(head).starts_with('{') && has("\"type\"") && has("\"service_account\"") &&
         has("\"private_key\"");
}

}  // namespace

bool is_key_material(std::string_view head) {
  return head.starts_with("PuTTY-User-Key-File-") || has_key_block(head) ||
         has_single_line_key(head) || is_service_account(head);
}

}  // namespace sourceos::runtime
