#include "redact/shadow_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sourceos::redact {

namespace {

constexpr char k_escape = '\x1B';

int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The number in `count` hex digits at `at`, -1 when they are not there.
int hex_number(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    const int digit = i < text.size() ? hex_digit(text[i]) : -1;
    if (digit < 0) {
      return -1;
    }
    value = value * 16 + digit;
  }
  return value;
}

struct Piece {
  std::size_t size = 0;  // bytes of the source; 0: nothing here
  int character = -1;    // what it stands for; -1: nothing
};

// ESC [ ... letter, ESC ] ... BEL or ESC \, ESC letter.
Piece terminal_sequence(std::string_view text) {
  if (text.size() < 2) {
    return {1, -1};
  }
  std::size_t at = 2;
  if (text[1] == '[') {
    while (at < text.size() && (text[at] < '@' || text[at] > '~')) {
      ++at;
    }
    return {std::min(at + 1, text.size()), -1};
  }
  if (text[1] == ']' || text[1] == 'P' || text[1] == '_') {
    while (at < text.size() && text[at] != '\a' && text[at] != k_escape) {
      ++at;
    }
    const bool two = at + 1 < text.size() && text[at] == k_escape;
    return {std::min(at + (two ? 2 : 1), text.size()), -1};
  }
  return {2, -1};
}

// The number in octal digits at `at`, of a byte, -1 when it is none.
int octal_number(std::string_view text, std::size_t at) {
  constexpr std::size_t k_digits = 3;
  int value = 0;
  for (std::size_t i = at; i < at + k_digits; ++i) {
    const int digit = i < text.size() && text[i] >= '0' && text[i] <= '7' ? text[i] - '0' : -1;
    if (digit < 0) {
      return -1;
    }
    value = value * 8 + digit;
  }
  return value < 0x100 ? value : -1;
}

// `\` and what it makes of the bytes behind it.
Piece escape(std::string_view text) {
  const char next = text.size() > 1 ? text[1] : ' ';
  if (next == '\n') {
    std::size_t at = 2;
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) {
      ++at;
    }
    return {at, -1};
  }
  if (next == 'u') {
    const std::size_t brace = text.size() > 2 && text[2] == '{' ? 1 : 0;
    if (brace == 1) {
      const std::size_t end = text.substr(0, 12).find('}');
      const int value = end == std::string_view::npos ? -1 : hex_number(text, 3, end - 3);
      return value >= 0 ? Piece{end + 1, value} : Piece{};
    }
    const int value = hex_number(text, 2, 4);
    return value >= 0 ? Piece{6, value} : Piece{};
  }
  if (next == 'U') {
    const int value = hex_number(text, 2, 4) == 0 ? hex_number(text, 6, 4) : -1;
    return value >= 0 ? Piece{10, value} : Piece{};
  }
  if (next == 'x') {
    const int value = hex_number(text, 2, 2);
    return value >= 0 ? Piece{4, value} : Piece{};
  }
  const int value = octal_number(text, 1);
  return value >= 0 ? Piece{4, value} : Piece{};
}

// JSON in a string in JSON doubles backslashes: all of them belong to the escape.
Piece backslash(std::string_view text) {
  constexpr std::size_t k_backslashes_max = 15;
  std::size_t more = 0;
  while (more < k_backslashes_max && text.size() > more + 1 && text[more + 1] == '\\') {
    ++more;
  }
  const Piece piece = escape(text.substr(more));
  return piece.size == 0 ? Piece{} : Piece{piece.size + more, piece.character};
}

Piece entity(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 6> names = {
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''},
       {"&nbsp;", ' '}}};
  for (const auto& [name, character] : names) {
    if (text.starts_with(name)) {
      return {name.size(), character};
    }
  }
  if (!text.starts_with("&#")) {
    return {};
  }
  const std::size_t end = text.substr(0, 10).find(';');
  if (end == std::string_view::npos || end < 3) {
    return {};
  }
  if (text[2] == 'x' || text[2] == 'X') {
    const int value = hex_number(text, 3, end - 3);
    return value >= 0 && end > 3 ? Piece{end + 1, value} : Piece{};
  }
  int value = 0;
  for (const char c : text.substr(2, end - 2)) {
    if (c < '0' || c > '9') {
      return {};
    }
    value = value * 10 + (c - '0');
  }
  return {end + 1, value};
}

// Invisible characters and full-width forms.
Piece odd_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  if (byte(0) == 0xC2 && byte(1) == 0xAD) {
    return {2, -1};  // soft hyphen
  }
  if (byte(0) == 0xE2 && byte(1) == 0x80 &&
      ((byte(2) >= 0x8B && byte(2) <= 0x8F) || (byte(2) >= 0xA8 && byte(2) <= 0xAE))) {
    return {3, -1};  // zero-width, direction, line separators
  }
  if (byte(0) == 0xE2 && byte(1) == 0x81 && byte(2) >= 0xA0 && byte(2) <= 0xAF) {
    return {3, -1};
  }
  if (byte(0) == 0xEF && byte(1) == 0xBB && byte(2) == 0xBF) {
    return {3, -1};
  }
  if (byte(0) == 0xEF && (byte(1) == 0xBC || byte(1) == 0xBD) && (byte(2) & 0xC0U) == 0x80U) {
    const int code = 0xF000 + static_cast<int>((byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU));
    if (code >= 0xFF01 && code <= 0xFF5E) {
      return {3, code - 0xFF01 + '!'};
    }
  }
  return {};
}

Piece piece_at(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  const auto c = static_cast<unsigned char>(rest[0]);
  switch (c) {
    case '\\': return backslash(rest);
    case '&': return entity(rest);
    case '%': {
      const int value = hex_number(rest, 1, 2);
      return value >= 0 ? Piece{3, value} : Piece{};
    }
    case 0xC2:
    case 0xE2:
    case 0xEF: return odd_utf8(rest);
    case '\x1B': return terminal_sequence(rest);
    case '\r': return rest.size() == 1 || rest[1] == '\n' ? Piece{} : Piece{1, -1};
    default: return c < 0x20 && c != '\t' && c != '\n' ? Piece{1, -1} : Piece{};
  }
}

void drop_last(ShadowText& shadow) {
  if (!shadow.text.empty()) {
    shadow.text.pop_back();
    shadow.source.pop_back();
  }
}

}  // namespace

bool hides_text(std::string_view text, std::size_t at) { return piece_at(text, at).size != 0; }

ShadowText make_shadow(std::string_view line) {
  ShadowText shadow;
  shadow.text.reserve(line.size());
  shadow.source.reserve(line.size());
  std::size_t zeros = 0;
  for (std::size_t at = 0; at < line.size();) {
    const Piece piece = piece_at(line, at);
    if (piece.size == 0) {
      shadow.add(line[at], at, at + 1);
      ++at;
      continue;
    }
    shadow.changed = true;
    zeros += line[at] == '\0' ? 1U : 0U;
    if (line[at] == '\b') {
      drop_last(shadow);
    } else if (line[at] == '\r') {
      shadow.add('\n', at, at + 1);  // what is written over was still shown
    } else if (piece.character >= 0) {  // a byte, or a character that no rule knows
      shadow.add(piece.character < 0x100 ? static_cast<char>(piece.character) : '?', at, at + piece.size);
    }
    at += piece.size;
  }
  if (zeros * 3 > line.size()) {
    const bool big = !line.empty() && line[0] == '\0';
    shadow.shape = big ? Shape::wide_big : Shape::wide_little;
    for (ShadowText::Source& source : shadow.source) {
      if (big && source.from > 0 && line[source.from - 1] == '\0') {
        --source.from;
      } else if (!big && source.to < line.size() && line[source.to] == '\0') {
        ++source.to;
      }
    }
  }
  return shadow;
}

}  // namespace sourceos::redact
