#include "redact/checksum.hpp"

#include <algorithm>
#include <array>

namespace sourceos::redact {

namespace {

constexpr std::string_view k_base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view k_base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view k_base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t index = 0; index < 256; ++index) {
    std::uint32_t value = index;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1U) ^ ((value & 1U) != 0 ? 0xedb88320U : 0U);
    }
    table[index] = value;
  }
  return table;
}

std::string encode(std::string_view bytes, std::string_view alphabet, bool padded) {
  std::string out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char byte : bytes) {
    buffer = (buffer << 8U) | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 6; bits -= 6) {
      out += alphabet[(buffer >> (bits - 6)) & 63U];
    }
  }
  if (bits > 0) {
    out += alphabet[(buffer << (6 - bits)) & 63U];
  }
  while (padded && out.size() % 4 != 0) {
    out += '=';
  }
  return out;
}

int value_of(char letter) {
  if (letter == '+' || letter == '/') {
    return letter == '+' ? 62 : 63;
  }
  const std::size_t at = k_base64url.find(letter);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

bool is_json_object(const std::optional<std::string>& text) {
  return text && text->size() >= 2 && text->front() == '{' && text->find('"') != std::string::npos;
}

}  // namespace

std::uint32_t crc32(std::string_view bytes) {
  static constexpr auto k_table = make_crc_table();
  std::uint32_t crc = 0xffffffffU;
  for (const char byte : bytes) {
    crc = (crc >> 8U) ^ k_table[(crc ^ static_cast<unsigned char>(byte)) & 0xffU];
  }
  return crc ^ 0xffffffffU;
}

std::string crc32_base62(std::string_view bytes) {
  constexpr std::size_t k_checksum_digits = 6;
  std::string out(k_checksum_digits, '0');
  std::uint32_t rest = crc32(bytes);
  for (std::size_t at = k_checksum_digits; at-- > 0; rest /= 62) {
    out[at] = k_base62[rest % 62];
  }
  return out;
}

bool has_github_checksum(std::string_view token) {
  const std::string_view body = token.substr(token.rfind('_') + 1);
  return body.size() > 6 && crc32_base62(body.substr(0, body.size() - 6)) == body.substr(body.size() - 6);
}

bool has_luhn_checksum(std::string_view digits) {
  unsigned sum = 0;
  unsigned count = 0;
  for (auto at = digits.rbegin(); at != digits.rend(); ++at) {
    if (*at < '0' || *at > '9') {
      continue;
    }
    const auto digit = static_cast<unsigned>(*at - '0');
    const unsigned weighted = count++ % 2 == 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return count >= 12 && sum % 10 == 0;
}

std::string base64url(std::string_view bytes) { return encode(bytes, k_base64url, false); }
std::string base64_text(std::string_view bytes) { return encode(bytes, k_base64, true); }

std::optional<std::string> base64_any(std::string_view text) {
  while (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  if (text.empty() || text.size() % 4 == 1) {
    return std::nullopt;
  }
  std::string out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char letter : text) {
    const int value = value_of(letter);
    if (value < 0) {
      return std::nullopt;
    }
    buffer = (buffer << 6U) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((buffer >> bits) & 0xffU);
    }
  }
  return out;
}

bool has_jwt_structure(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) {
    return false;
  }
  return is_json_object(base64_any(token.substr(0, first))) &&
         is_json_object(base64_any(token.substr(first + 1, second - first - 1)));
}

}  // namespace sourceos::redact
