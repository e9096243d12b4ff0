#include "redact/placeholder.hpp"

#include <algorithm>
#include <array>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_tag_digits = 12;

// Classes that stand without a tag under --hostile-sources: what people choose or machines count.
constexpr std::array<std::string_view, 16> k_untagged = {
    "password", "passphrase", "pin",    "secret", "token",       "key",  "credential", "cookie",
    "user",     "host",       "email",  "ip",     "mac",         "known", "undecoded", "budget"};

bool is_class_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_tag(std::string_view text) {
  return text.size() >= k_tag_digits && std::ranges::all_of(text.substr(0, k_tag_digits), is_hex);
}

}  // namespace

std::size_t placeholder_length(std::string_view text) {
  if (!text.starts_with(k_placeholder_begin)) {
    return 0;
  }
  text = text.substr(0, k_placeholder_bytes_max);
  std::size_t at = k_placeholder_begin.size();
  for (bool first = true;; first = false) {
    if (!first && is_tag(text.substr(at))) {
      return at + k_tag_digits;
    }
    const std::size_t begin = at;
    while (at < text.size() && is_class_char(text[at])) {
      ++at;
    }
    if (at == begin) {
      return 0;
    }
    const bool more = at + 1 < text.size() && text[at] == '-' && is_class_char(text[at + 1]);
    if (!more) {
      const auto klass = text.substr(k_placeholder_begin.size(), at - k_placeholder_begin.size());
      return std::ranges::find(k_untagged, klass) != k_untagged.end() ? at : 0;
    }
    ++at;
  }
}

void append_placeholder(std::string& out, const Span& span) {
  const std::size_t begin = out.size();
  if (span.shape == Shape::home) {
    out += "$HOME";
    return;
  }
  if (span.shape == Shape::quoted) {
    Span inner = span;
    inner.shape = Shape::plain;
    out += '"';
    append_placeholder(out, inner);
    out += '"';
    return;
  }
  out += k_placeholder_begin;
  out += span.klass;
  if (span.tagged) {
    out += '-';
    out.append(span.tag.data(), span.tag.size());
  }
  if (span.shape == Shape::wide_little || span.shape == Shape::wide_big) {
    const std::string narrow = out.substr(begin);
    out.resize(begin);
    for (const char c : narrow) {
      if (span.shape == Shape::wide_big) {
        out += '\0';
      }
      out += c;
      if (span.shape == Shape::wide_little) {
        out += '\0';
      }
    }
  }
}

void neutralise_placeholder(char* text, std::size_t length) {
  const std::size_t end = length > k_tag_digits ? length - k_tag_digits : length;
  for (std::size_t i = k_placeholder_begin.size(); i < end; ++i) {
    if (text[i] >= 'a' && text[i] <= 'z') {
      text[i] = 'x';
    }
  }
}

}  // namespace sourceos::redact
