// A value in quotes, whatever strings stand around it, and the quotes that stand around a name and
// its value together. Only for assignment.cpp.
#pragma once

#include <algorithm>
#include <string_view>

#include "redact/assignment_prefix.hpp"

namespace sourceos::redact {

class QuotedReader : public PrefixReader {
 public:
  using PrefixReader::PrefixReader;

 protected:
  // Up to the same quote again. A quote behind more back slashes than the opening one is inside.
  void read_quoted(std::string_view quote) {
    out_.quoting = Quoting::quoted;
    std::string_view close = closing(quote);
    if (quote.size() == 1 && peek() == quote.front() && peek(1) == quote.front()) {
      close = text_.substr(at_ - 1, 3);
      at_ += 2;
      skip_blanks();
    }
    out_.from = at_;
    const std::size_t end = end_of_quoted(close);
    out_.cut = end >= text_.size();
    skip_scheme_before(end);
    finish(end);
    out_.ends_line = ends_line(end + close.size());
  }

  // "Basic x": only before what is one word and long, else it is part of the value.
  void skip_scheme_before(std::size_t end) {
    constexpr std::size_t k_credential_bytes_min = 12;
    at_ = out_.from;
    if (skip_scheme() && at_ + k_credential_bytes_min <= end &&
        text_.substr(at_, end - at_).find(' ') == std::string_view::npos) {
      out_.from = at_;
    }
  }

  [[nodiscard]] std::size_t end_of_quoted(std::string_view close) const {
    const bool plain = is_quote_behind_slashes(close);
    for (std::size_t end = out_.from; end < text_.size(); ++end) {
      if (plain && text_[end] == close.back()) {
        const std::size_t slashes = slashes_before(end);
        if (is_doubled(end, close)) {
          ++end;
        } else if (closes_string(slashes, close.size() - 1)) {
          return end - std::min(slashes, close.size() - 1);
        }
      } else if (!plain && text_.substr(end).starts_with(close) && slashes_before(end) % 2 == 0) {
        return end;
      }
      if (is_break(text_[end]) && ends_with_line(close) && !folds_at(end)) {
        return end;
      }
    }
    return text_.size();
  }

  // Quotes of print, which close in another form than they open.
  static std::string_view closing(std::string_view quote) {
    return quote == "“" ? "”" : quote == "‘" ? "’" : quote == "«" ? "»" : quote;
  }

  static bool ends_with_line(std::string_view close) {
    return (close.size() == 1 && close != "`") || close == "”" || close == "’" || close == "»";
  }

  static bool is_quote_behind_slashes(std::string_view quote) {
    return (quote.back() == '"' || quote.back() == '\'') &&
           std::ranges::all_of(quote.substr(0, quote.size() - 1), [](char c) { return c == '\\'; });
  }

  // `'it''s'` of YAML and SQL: two quotes are one of the value.
  [[nodiscard]] bool is_doubled(std::size_t end, std::string_view close) const {
    return close.size() == 1 && end > out_.from && end + 2 < text_.size() && text_[end + 1] == close.front() &&
           is_word(text_[end + 2]);
  }

  [[nodiscard]] std::size_t slashes_before(std::size_t end) const {
    std::size_t slashes = 0;
    while (end > out_.from + slashes && text_[end - slashes - 1] == '\\') {
      ++slashes;
    }
    return slashes;
  }

  // Each string around the value doubles the back slashes before a quote and adds one: `\"`, `\\\"`.
  static bool closes_string(std::size_t slashes, std::size_t of_opening) {
    for (; of_opening > 0; of_opening = (of_opening - 1) / 2) {
      if (slashes % 2 == 0) {
        return true;  // a string around it ends
      }
      slashes = (slashes - 1) / 2;
    }
    return slashes % 2 == 0;
  }

  // A long quoted run may go on over indented lines.
  [[nodiscard]] bool folds_at(std::size_t end) const {
    return end - out_.from >= 40 && end + 1 < text_.size() && is_blank(text_[end + 1]) &&
           text_.substr(out_.from, end - out_.from).find(' ') == std::string_view::npos;
  }

  // The quote right before the name, empty if none.
  [[nodiscard]] std::string_view quote_before_name() const {
    const std::size_t begin = begin_of_name();
    if (begin == 0 || (text_[begin - 1] != '"' && text_[begin - 1] != '\'')) {
      return {};
    }
    std::size_t from = begin - 1;
    while (from > 0 && text_[from - 1] == '\\') {
      --from;
    }
    return text_.substr(from, begin - from);
  }

  void finish(std::size_t end) {
    out_.to = std::max(end, out_.from);
    at_ = out_.to;
  }

  [[nodiscard]] bool ends_line(std::size_t end) const {
    while (end < text_.size() && is_blank(text_[end])) {
      ++end;
    }
    return end >= text_.size() || is_break(text_[end]) || text_[end] == '#' || text_.substr(end).starts_with("\\n");
  }
};

}  // namespace sourceos::redact
