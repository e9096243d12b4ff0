// Tells cheaply that no rule of Part::context can match in a stretch of text: each wants a longer run,
// a word that begins like one of its names, or a line shorter than that.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "redact/pattern_begins.hpp"
#include "redact/rules.hpp"

namespace sourceos::redact {

class ContextGate {
 public:
  // `rules`: all of the set.
  explicit ContextGate(std::span<const Rule> rules);
  // False: none has a match that lies in `text`. It begins and ends at a line's end, or has one byte of what
  // is beside it.
  [[nodiscard]] bool may_hold(std::string_view text) const;

 private:
  void add(const Rule& rule, std::set<std::string>& begins);
  bool always_ = false;         // of some rule nothing is known
  // The shortest runs that rules want: of a token's characters, else of those of base64 too, as paths are.
  std::size_t token_run_ = ~std::size_t{0};
  std::size_t base64_run_ = ~std::size_t{0};
  std::size_t line_ = 0;        // the longest whole line that others do
  WordBegins begins_;
};

}  // namespace sourceos::redact
