// A second look at a line: what a reader sees or a program decodes, where bytes in between hide it
// from the rules (security S-30). Escapes and entities decoded, terminal sequences and invisible
// characters left out, full-width letters folded, UTF-16 made narrow, broken lines joined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "redact/span.hpp"

namespace sourceos::redact {

struct ShadowText {
  struct Source {
    std::uint32_t from, to;  // the bytes of the line that a byte of `text` stands for
  };
  std::string text;
  std::vector<Source> source;  // one for each byte of text
  Shape shape = Shape::plain;  // UTF-16: how a placeholder is to be written
  bool changed = false;

  void add(char c, std::size_t from, std::size_t to) {
    text += c;
    source.push_back({static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)});
  }
};

// True when the byte at `at` (a special of ByteMarks) begins something that a shadow undoes.
[[nodiscard]] bool hides_text(std::string_view text, std::size_t at);

[[nodiscard]] ShadowText make_shadow(std::string_view line);

}  // namespace sourceos::redact
