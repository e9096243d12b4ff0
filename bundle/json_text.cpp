#include "bundle/json_text.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "core/json/canonical.hpp"
#include "core/text.hpp"

namespace sourceos::bundle {

namespace {

constexpr std::string_view k_upper_hex = "0123456789ABCDEF";
constexpr std::uint64_t k_ones = 0x0101010101010101;
constexpr std::uint64_t k_highs = 0x8080808080808080;

// Length of the UTF-8 character at the start, 0 when there is none.
std::size_t character_bytes(std::string_view bytes) {
  for (std::size_t length = 1; length <= std::min<std::size_t>(4, bytes.size()); ++length) {
    if (text::is_utf8(bytes.substr(0, length))) {
      return length;
    }
  }
  return 0;
}

// A bit in each byte that is zero; bytes above the first such may be wrong, none is missed.
std::uint64_t zero_bytes(std::uint64_t word) { return (word - k_ones) & ~word & k_highs; }

// A bit for each quote, backslash and byte below 0x20 in eight bytes; the lowest bit is exact.
std::uint64_t special_bytes(std::uint64_t word) {
  const std::uint64_t quotes = zero_bytes(word ^ (k_ones * '"'));
  const std::uint64_t backslashes = zero_bytes(word ^ (k_ones * '\\'));
  const std::uint64_t controls = (word - k_ones * 0x20) & ~word & k_highs;
  return quotes | backslashes | controls;
}

// Eight bytes, spaces behind the end of the text.
std::uint64_t word_at(std::string_view text, std::size_t at) {
  std::uint64_t word = k_ones * ' ';
  std::memcpy(&word, text.data() + at, std::min<std::size_t>(8, text.size() - at));
  return word;
}
static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");

}  // namespace

std::string json_text(std::string_view bytes) {
  if (text::is_utf8(bytes) && bytes.find('\0') == std::string_view::npos) {
    return std::string(bytes);
  }
  std::string out;
  while (!bytes.empty()) {
    const std::size_t length = bytes.front() == '\0' ? 0 : character_bytes(bytes);
    if (length == 0) {
      const auto byte = static_cast<unsigned char>(bytes.front());
      out += '%';
      out += k_upper_hex[byte >> 4];
      out += k_upper_hex[byte & 15];
    }
    out += bytes.substr(0, length);
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

bool is_plain_json(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); at += 8) {
    if (special_bytes(word_at(text, at)) != 0) {
      return false;
    }
  }
  return true;
}

std::size_t plain_ascii_prefix(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); at += 8) {
    const std::uint64_t word = word_at(text, at);
    const std::uint64_t hits = special_bytes(word) | (word & k_highs);
    if (hits != 0) {
      return at + static_cast<std::size_t>(std::countr_zero(hits)) / 8;
    }
  }
  return text.size();
}

void append_json(std::string& out, std::string_view text) {
  if (!is_plain_json(text)) {
    json::append_string(out, text);
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

void append_json(std::string& out, std::uint64_t number) {
  char digits[20];
  const std::to_chars_result end = std::to_chars(digits, digits + sizeof(digits), number);
  out.append(digits, end.ptr);
}

}  // namespace sourceos::bundle
