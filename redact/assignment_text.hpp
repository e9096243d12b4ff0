// A text and a place in it, with the small steps that reading an assignment takes. Each step moves
// the place; one that does not find its part leaves it where it was. Only for assignment.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "redact/assignment.hpp"

namespace sourceos::redact {

class AssignmentText {
 public:
  AssignmentText(std::string_view text, std::size_t at) : text_(text), at_(at) {}

 protected:
  static constexpr std::size_t k_blanks_max = 40;

  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  static bool is_alnum(char c) { return is_word(c) && c != '_'; }
  static bool is_name(char c) { return is_word(c) || c == '-' || c == '.' || c == '$'; }
  static bool is_blank(char c) { return c == ' ' || c == '\t'; }
  static bool is_break(char c) { return c == '\n' || c == '\r'; }
  static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

  [[nodiscard]] bool more() const { return at_ < text_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] std::size_t begin_of_name() const { return static_cast<std::size_t>(out_.name.data() - text_.data()); }
  [[nodiscard]] std::string_view rest() const { return text_.substr(std::min(at_, text_.size())); }

  bool take(std::string_view literal) {
    // Most differ in their first byte, which needs no call.
    if (peek() != literal.front() || !rest().starts_with(literal)) {
      return false;
    }
    at_ += literal.size();
    return true;
  }

  bool take_word(std::string_view word) {
    const std::string_view here = rest().substr(0, word.size());
    if (!std::ranges::equal(here, word, {}, lower) || is_word(peek(word.size()))) {
      return false;
    }
    at_ += word.size();
    return true;
  }

  bool skip_blanks() {
    const std::size_t from = at_;
    while (more() && at_ - from < k_blanks_max && (is_blank(peek()) || rest().starts_with("\\t") || rest().starts_with("\\ "))) {
      at_ += is_blank(peek()) ? 1U : 2U;
    }
    return at_ > from;
  }

  // Blanks and line breaks, also as escapes of JSON.
  void skip_space() {
    const std::size_t from = at_;
    while (more() && at_ - from < 2 * k_blanks_max) {
      if (is_blank(peek()) || is_break(peek())) {
        ++at_;
      } else if (!take("\\n") && !take("\\r") && !take("\\t")) {
        break;
      }
    }
  }

  bool skip_one(bool (*of)(char)) { return more() && of(peek()) && (++at_, true); }

  // Escaped forms of a double quote, longest first.
  static constexpr auto k_quote_names = std::to_array<std::string_view>(
      {"&quot;", "&#34;", "&#39;", "&apos;", "%22", "\\u0022", "\\u0027", "\\x22", "\\x27", "%27", "“", "«", "‘"});

  // One quote, with the back slashes before it. What was taken, empty if none.
  std::string_view take_quote() {
    for (const std::string_view name : k_quote_names) {
      if (take(name)) {
        return name;
      }
    }
    std::size_t slashes = 0;
    while (peek(slashes) == '\\') {
      ++slashes;
    }
    const char mark = peek(slashes);
    if (mark != '"' && mark != '\'' && mark != '`') {
      return {};
    }
    const std::size_t from = at_;
    at_ += slashes + 1;
    return text_.substr(from, slashes + 1);
  }

  std::string_view text_;
  std::size_t at_;
  Assignment out_;
};

}  // namespace sourceos::redact
