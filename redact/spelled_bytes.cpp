// Two readers. A dump is told by the offset in front of its lines; its numbers are words of 2, 4 or 8
// hex digits or of 3 octal ones, 16 bytes a line. A list is told by its first number: `0x61`, `97` or
// `61`, and by the signs that stand between all of them.
#include "redact/spelled_bytes.hpp"

#include <algorithm>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_spelled_min = 12;
constexpr std::size_t k_line_bytes_max = 160;
constexpr std::size_t k_bytes_a_line = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

unsigned number_of(std::string_view digits, unsigned base) {
  unsigned value = 0;
  for (const char c : digits) {
    value = value * base + static_cast<unsigned>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

std::string_view word_at(std::string_view text, std::size_t at, bool (*of)(char)) {
  std::size_t end = at;
  while (end < text.size() && of(text[end])) {
    ++end;
  }
  return text.substr(at, end - at);
}

// Where the numbers of a dump's line begin; npos when it has no offset.
std::size_t behind_offset(std::string_view line) {
  constexpr std::size_t k_offset_min = 6;
  std::size_t at = std::min(line.find_first_not_of(" \t"), line.size());
  const std::string_view offset = word_at(line, at, is_hex);
  at += offset.size();
  if (offset.size() < k_offset_min || offset.size() > 16) {
    return std::string_view::npos;
  }
  at += at < line.size() && line[at] == ':' ? 1U : 0U;
  const std::size_t data = line.find_first_not_of(" \t", at);
  return data == at ? std::string_view::npos : data;
}

void read_dump_line(std::string_view line, std::size_t from, std::size_t begin, ShadowText& out) {
  std::size_t at = from;
  // `hexdump` and `od -x` print the numbers of a little-endian machine; xxd, with its colon, the bytes.
  const bool is_swapped = line.substr(0, from).find(':') == std::string_view::npos;
  const std::size_t first = out.text.size();
  const bool octal = word_at(line, at, is_hex).size() == 3;
  while (at < line.size() && out.text.size() - first < k_bytes_a_line) {
    const std::string_view word = word_at(line, at, is_hex);
    const bool ends = at + word.size() == line.size() || is_blank(line[at + word.size()]);
    if (!ends || word.empty() || (octal ? word.size() != 3 : word.size() % 2 != 0 || word.size() > 8)) {
      break;
    }
    for (std::size_t digit = 0; digit < word.size(); digit += octal ? 3 : 2) {
      const std::size_t place = is_swapped ? word.size() - 2 - digit : digit;
      const unsigned value = octal ? number_of(word, 8) : number_of(word.substr(place, 2), 16);
      out.add(static_cast<char>(value), begin + from, begin + line.size());
    }
    at += word.size();
    while (at < line.size() && is_blank(line[at])) {
      ++at;
    }
  }
}

ShadowText read_dump(std::string_view text, std::size_t at) {
  ShadowText out;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, std::min(end - at, k_line_bytes_max));
    const std::size_t data = behind_offset(line);
    if (data >= line.size()) {
      break;
    }
    read_dump_line(line, data, at, out);
    at = end + 1;
  }
  return out;
}

// `0x61`, `97`, `61`: the digits at `at`, or nothing.
struct Number {
  std::size_t size = 0;
  unsigned value = 0;
};

enum class Form : std::uint8_t { prefixed, decimal, pairs };

Number number_at(std::string_view text, std::size_t at, Form form) {
  if (form == Form::prefixed) {
    const std::string_view digits = text.substr(at).starts_with("0x") ? word_at(text, at + 2, is_hex) : std::string_view();
    return digits.empty() || digits.size() > 2 ? Number{} : Number{2 + digits.size(), number_of(digits, 16)};
  }
  if (form == Form::decimal) {
    const std::string_view digits = word_at(text, at, is_digit);
    const bool fits = !digits.empty() && digits.size() <= 3 && number_of(digits, 10) < 256;
    return fits ? Number{digits.size(), number_of(digits, 10)} : Number{};
  }
  const std::string_view digits = word_at(text, at, is_hex);
  return digits.size() == 2 ? Number{2, number_of(digits, 16)} : Number{};
}

ShadowText read_list(std::string_view text, std::size_t at, Form form, char sign) {
  ShadowText out;
  while (at < text.size()) {
    const Number number = number_at(text, at, form);
    if (number.size == 0) {
      break;
    }
    out.add(static_cast<char>(number.value), at, at + number.size);
    at += number.size;
    if (at >= text.size() || text[at] != sign) {
      break;
    }
    at = std::min(text.find_first_not_of(" \t\r\n", at + (sign == ' ' ? 0U : 1U)), text.size());
  }
  return out;
}

// To the begin of the pairs of hex digits that stand before `at` with the same sign between.
std::size_t first_pair(std::string_view text, std::size_t at, char sign) {
  while (at >= 3 && text[at - 1] == sign && is_hex(text[at - 2]) && is_hex(text[at - 3]) &&
         (at == 3 || text[at - 4] == sign || !is_hex(text[at - 4]))) {
    at -= 3;
  }
  return at;
}

bool is_number_char(char c) { return is_hex(c) || c == 'x'; }

// To the first of the numbers that stand before `at` with commas between.
std::size_t first_number(std::string_view text, std::size_t at, Form form) {
  for (;;) {
    std::size_t end = at;
    while (end > 0 && (is_blank(text[end - 1]) || text[end - 1] == '\n' || text[end - 1] == '\r')) {
      --end;
    }
    const std::size_t sign = end > 0 && text[end - 1] == ',' ? end - 1 : 0;
    std::size_t from = sign;
    while (from > 0 && is_number_char(text[from - 1])) {
      --from;
    }
    if (from == sign || number_at(text, from, form).size != sign - from) {
      return at;
    }
    at = from;
  }
}

bool is_mostly_plain(std::string_view text) {
  const auto plain = std::ranges::count_if(text, [](char c) { return (c >= ' ' && c < 0x7F) || c == '\n' || c == '\t' || c == '\r'; });
  return text.size() >= k_spelled_min && static_cast<std::size_t>(plain) * 8 >= text.size() * 7;
}

}  // namespace

ShadowText read_spelled(std::string_view text, std::size_t at) {
  text = text.substr(0, std::min(text.size(), at + k_spelled_bytes_max));
  const std::size_t line_begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  ShadowText out;
  if (behind_offset(text.substr(line_begin, k_line_bytes_max)) < k_line_bytes_max) {
    out = read_dump(text, line_begin);
  } else if (const std::size_t number = text.find("0x", at); number <= at + 2) {
    out = read_list(text, first_number(text, number, Form::prefixed), Form::prefixed, ',');
  } else if (const std::string_view digits = word_at(text, at, is_digit);
             !digits.empty() && at + digits.size() < text.size() && text[at + digits.size()] == ',') {
    out = read_list(text, first_number(text, at, Form::decimal), Form::decimal, ',');
  } else if (at + 2 < text.size()) {
    out = read_list(text, first_pair(text, at, text[at + 2]), Form::pairs, text[at + 2]);
  }
  return is_mostly_plain(out.text) ? out : ShadowText();
}

}  // namespace sourceos::redact
