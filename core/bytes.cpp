#include "core/bytes.hpp"

#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace sourceos {

namespace {

constexpr std::string_view k_hex_digits = "0123456789abcdef";
constexpr std::string_view k_base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

constexpr std::array<std::int8_t, 256> make_base64_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < k_base64_digits.size(); ++i) {
    values[static_cast<unsigned char>(k_base64_digits[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr std::array<std::int8_t, 256> k_base64_values = make_base64_values();

std::unexpected<Error> not_base64(std::size_t at) {
  return fail(ErrorKind::malformed, "malformed", fmt::format("not standard base64 at byte {}", at));
}

}  // namespace

std::string hex_encode(std::string_view bytes) {
  std::string out(bytes.size() * 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out[2 * i] = k_hex_digits[byte >> 4];
    out[2 * i + 1] = k_hex_digits[byte & 15];
  }
  return out;
}

Result<std::string> hex_decode(std::string_view hex) {
  if (hex.size() % 2 != 0) {
    return fail(ErrorKind::malformed, "malformed",
                fmt::format("expected an even number of hex digits, there are {}", hex.size()));
  }
  std::string out(hex.size() / 2, '\0');
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_value(hex[2 * i]);
    const int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0) {
      return fail(ErrorKind::malformed, "malformed",
                  fmt::format("not a lower-case hex digit at byte {}", 2 * i));
    }
    out[i] = static_cast<char>(high * 16 + low);
  }
  return out;
}

bool is_lower_hex(std::string_view text) {
  for (const char c : text) {
    if (hex_value(c) < 0) {
      return false;
    }
  }
  return !text.empty();
}

std::string base64_encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= count ? k_base64_digits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return out;
}

Result<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) {
    return not_base64(text.size());
  }
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') {
    ++padding;
  }
  std::string out;
  out.reserve(text.size() / 4 * 3);
  const std::size_t digits = text.size() - padding;
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const int value = k_base64_values[static_cast<unsigned char>(text[i])];
    if (value < 0) {
      return not_base64(i);
    }
    group = group << 6 | static_cast<std::uint32_t>(value);
    if (i % 4 == 3) {
      out += static_cast<char>(group >> 16 & 255);
      out += static_cast<char>(group >> 8 & 255);
      out += static_cast<char>(group & 255);
      group = 0;
    }
  }
  if (padding == 1) {
    if ((group & 3) != 0) {
      return not_base64(digits);
    }
    out += static_cast<char>(group >> 10 & 255);
    out += static_cast<char>(group >> 2 & 255);
  } else if (padding == 2) {
    if ((group & 15) != 0) {
      return not_base64(digits);
    }
    out += static_cast<char>(group >> 4 & 255);
  }
  return out;
}

}  // namespace sourceos
