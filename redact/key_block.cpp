// A line belongs to the key when it is its header, is empty, is the END line, or is made of base64
// only once its dress (indentation, quotes, escapes) is off; in a line with a log prefix or in a
// JSON log, one long run of base64 is enough. The first line that is none of these ends the key.
#include "redact/key_block.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_token_bytes_min = 16;  // a body line without dress
constexpr std::size_t k_run_bytes_min = 40;    // a body line within other text
constexpr std::size_t k_label_bytes_max = 64;

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '=';
}

// Lines end at LF or at an escaped one, however often its backslash is escaped.
struct Line {
  std::string_view text;
  std::size_t next = 0;
};

Line line_at(std::string_view text, std::size_t at) {
  for (std::size_t i = at; i < text.size(); ++i) {
    if (text[i] == '\n') {
      return {text.substr(at, i - at), i + 1};
    }
    if (text[i] == '\\') {
      std::size_t k = i;
      while (k < text.size() && text[k] == '\\') {
        ++k;
      }
      if (k < text.size() && (text[k] == 'n' || text[k] == 'r')) {
        return {text.substr(at, i - at), k + 1};
      }
      i = k - 1;
    }
  }
  return {text.substr(at), text.size()};
}

bool is_header(std::string_view line) {
  constexpr std::array<std::string_view, 9> names = {
      "Proc-Type:", "DEK-Info:", "Comment:",  "Version:", "Subject:",
      "Hash:",      "Charset:",  "MessageID:", "x509"};
  return std::ranges::any_of(names, [&](auto name) { return line.starts_with(name); });
}

// What is left when white space, quotes and string joins are taken off.
std::vector<std::string_view> tokens(std::string_view line) {
  constexpr std::string_view dress = " \t\r\"'`+,;|>#*.\\()";
  std::vector<std::string_view> out;
  std::size_t at = 0;
  while (at < line.size()) {
    at = line.find_first_not_of(dress, at);
    if (at == std::string_view::npos) {
      break;
    }
    // '+' is both dress and base64: inside a token it is base64.
    std::size_t end = at;
    while (end < line.size() && (is_base64(line[end]) || dress.find(line[end]) == dress.npos)) {
      ++end;
    }
    out.push_back(line.substr(at, end - at));
    at = end;
  }
  return out;
}

std::string_view longest_run(std::string_view line) {
  std::string_view best;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t end = at;
    while (end < line.size() && is_base64(line[end])) {
      ++end;
    }
    if (end - at > best.size()) {
      best = line.substr(at, end - at);
    }
    at = end + 1;
  }
  return best;
}

std::size_t end_marker(std::string_view line) {
  const std::size_t at = line.find("-- END ");
  const std::size_t pem = line.find("-----END ");
  return std::min(at, pem);
}

// One past the END marker's closing dashes.
std::size_t after_end_marker(std::string_view line, std::size_t marker) {
  std::size_t at = line.find("END ", marker) + 4;
  const std::size_t close = line.find("----", at);
  if (close == std::string_view::npos || close - at > k_label_bytes_max) {
    return line.size();
  }
  at = close;
  while (at < line.size() && line[at] == '-') {
    ++at;
  }
  return at;
}

// Appends the line's base64 to `body`; false when the line is none of the key's. `inside`: there
// was body before, so that a short line may be its last.
bool take_line(std::string_view line, bool inside, std::string& body) {
  const std::string_view bare = text::trim(line);
  if (bare.empty() || is_header(bare)) {
    return true;
  }
  const auto parts = tokens(line);
  const bool plain = std::ranges::all_of(
      parts, [](auto part) { return std::ranges::all_of(part, is_base64); });
  const bool long_enough = std::ranges::any_of(
      parts, [](auto part) { return part.size() >= k_token_bytes_min; });
  if (plain && (parts.empty() || long_enough || (parts.size() == 1 && inside))) {
    for (const auto part : parts) {
      body += part;
    }
    return true;
  }
  const std::string_view run = longest_run(line);
  if (run.size() < k_run_bytes_min) {
    return false;
  }
  body += run;
  return true;
}

// Reads body lines from `at`; `block.to` ends after the last line that is the key's.
void read_body(std::string_view text, std::size_t at, bool inside, KeyBlock& block) {
  const std::size_t cap = std::min(text.size(), block.from + k_key_block_bytes_max);
  std::size_t empty_lines = 0;
  while (at < cap) {
    const Line line = line_at(text, at);
    if (const std::size_t marker = end_marker(line.text); marker != std::string_view::npos) {
      take_line(line.text.substr(0, marker), inside || !block.body.empty(), block.body);
      block.to = at + after_end_marker(line.text, marker);
      return;
    }
    const std::size_t had = block.body.size();
    if (!take_line(line.text, inside || had > 0, block.body)) {
      // A short last line under a log prefix: it is the key's when END follows.
      const Line after = line_at(text, line.next);
      if (end_marker(after.text) == std::string_view::npos) {
        return;
      }
    }
    empty_lines = block.body.size() == had ? empty_lines + 1 : 0;
    if (empty_lines > 4) {
      return;
    }
    if (block.body.size() != had) {
      block.to = at + line.text.size();
    }
    at = line.next;
  }
  if (at >= cap && cap < text.size()) {
    block.cut = true;
    block.to = cap;
  }
}

std::optional<KeyBlock> read_putty(std::string_view text, std::size_t at) {
  constexpr std::string_view begin = "Private-Lines:";
  const std::size_t lines = text.substr(at, 8192).find(begin);
  if (lines == std::string_view::npos) {
    return std::nullopt;
  }
  KeyBlock block;
  block.from = line_at(text, at + lines).next;
  block.to = block.from;
  read_body(text, block.from, false, block);
  return block.body.empty() ? std::nullopt : std::optional(block);
}

}  // namespace

std::optional<KeyBlock> read_key_block(std::string_view text, std::size_t at) {
  if (text.substr(at).starts_with("PuTTY")) {
    return read_putty(text, at);
  }
  const std::size_t label = text.find("BEGIN ", at) + 6;
  const std::size_t close = text.substr(label, k_label_bytes_max).find("----");
  if (close == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view name = text.substr(label, close);
  if (name.find("PRIVATE KEY") == std::string_view::npos &&
      name.find("Static key") == std::string_view::npos) {
    return std::nullopt;
  }
  KeyBlock block;
  block.from = at;
  std::size_t body = label + close;
  while (body < text.size() && text[body] == '-') {
    ++body;
  }
  block.to = body;
  read_body(text, body, false, block);
  return block.body.empty() ? std::nullopt : std::optional(block);
}

KeyBlock continue_key_block(std::string_view text, std::size_t at) {
  KeyBlock block;
  block.from = at;
  block.to = at;
  read_body(text, at, true, block);
  return block;
}

}  // namespace sourceos::redact
