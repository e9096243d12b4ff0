// One place to mask, in offsets of the original document.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "redact/pseudonym.hpp"

namespace sourceos::redact {

// How the replacement is written, so that the text around it stays what it was.
enum class Shape : std::uint8_t {
  plain,
  home,         // "$HOME"
  wide_little,  // UTF-16: each character followed by NUL
  wide_big,     // each preceded by NUL
  quoted,       // in double quotes: it stands for a JSON number
};

struct Span {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::string_view klass = {};  // outlives the scan: of a rule, a known value or a table
  std::string_view check = {};  // likewise; the check that decided
  std::uint32_t label = 0;
  std::uint8_t depth = 0;  // of decoding; the innermost value names the place
  Shape shape = Shape::plain;
  bool tagged = true;
  bool unsure = false;
  Tag tag{};
};

// A finding's place, before it has an excerpt.
struct FindingSpan {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint32_t label = 0;
};

}  // namespace sourceos::redact
