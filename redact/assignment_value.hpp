// The value of an assignment, read from where it begins: quotes, lists of bytes, the default in a
// call, bare words up to what ends them. Only for assignment.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "redact/assignment_prefix.hpp"

namespace sourceos::redact {

class ValueReader : public PrefixReader {
 public:
  using PrefixReader::PrefixReader;

 protected:
  void read_value() {
    skip_value_space();
    if (!take("[]byte(") && (rest().starts_with("[]byte") || rest().starts_with("[]uint8"))) {
      read_numbers();
      return;
    }
    skip_prefixes();
    if (read_expansion_default()) {
      return;
    }
    const std::string_view quote = take_quote();
    if (!quote.empty()) {
      read_quoted(quote);
      return;
    }
    if (peek() == '{') {
      read_numbers();
      return;
    }
    read_bare();
  }

  // `${1:-value}`, `"${NAME:=value}"`, `${name:value}`: what is used when nothing else is given.
  bool read_expansion_default() {
    const std::size_t start = at_;
    take_quote();
    bool found = take("${");
    const std::size_t name = at_;
    while (found && more() && (is_word(peek()) || peek() == '.')) {
      ++at_;
    }
    found = found && at_ > name && (take(":-") || take(":=") || take("-") || take(":"));
    const std::size_t end = found ? text_.find_first_of("}\r\n", at_) : std::string_view::npos;
    if (end == std::string_view::npos || end == at_ || text_[end] != '}' || peek() == '$') {
      at_ = start;
      return false;
    }
    out_.from = at_;
    while (out_.from < end && (text_[out_.from] == '"' || text_[out_.from] == '\'')) {
      ++out_.from;
    }
    out_.quoting = Quoting::quoted;
    finish(end);
    while (out_.to > out_.from && (text_[out_.to - 1] == '"' || text_[out_.to - 1] == '\'')) {
      --out_.to;
    }
    return true;
  }

  // A value may stand on the next line after a colon or `=` when it is quoted or indented.
  void skip_value_space() {
    static_cast<void>(take("**"));  // of **Name:** in Markdown
    skip_blanks();
    if (out_.joint == Joint::colon && (peek() == '|' || peek() == '>') ) {
      const std::size_t start = at_++;
      if (peek() == '-' || peek() == '+') {
        ++at_;
      }
      skip_blanks();
      if (!is_break(peek())) {
        at_ = start;
        return;
      }
    }
    const std::size_t start = at_;
    if (is_break(peek()) || rest().starts_with("\\n")) {
      skip_space();
      const bool indented = at_ > start + 1;
      const bool quote = peek() == '"' || peek() == '\'' || peek() == '`';
      const bool may_follow = out_.joint == Joint::colon || out_.joint == Joint::markup || out_.joint == Joint::pair;
      if (!indented || (!quote && !may_follow) || out_.joint == Joint::words) {
        at_ = start;
      } else if (out_.joint == Joint::colon && take("- ")) {
        out_.joint = Joint::words;  // the first of a list
      }
    }
  }

  // Up to the same quote again. A quote behind more back slashes than the opening one is inside.
  void read_quoted(std::string_view quote) {
    out_.quoting = Quoting::quoted;
    std::string_view close = quote;
    if (quote.size() == 1 && peek() == quote.front() && peek(1) == quote.front()) {
      close = text_.substr(at_ - 1, 3);
      at_ += 2;
      skip_blanks();
    }
    out_.from = at_;
    std::size_t end = at_;
    for (; end < text_.size(); ++end) {
      if (text_.substr(end).starts_with(close) && !escaped_at(end)) {
        break;
      }
      if (is_break(text_[end]) && close.size() == 1 && close != "`" && !folds_at(end)) {
        break;
      }
    }
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

  [[nodiscard]] bool escaped_at(std::size_t end) const {
    std::size_t slashes = 0;
    while (end > out_.from + slashes && text_[end - slashes - 1] == '\\') {
      ++slashes;
    }
    return slashes % 2 == 1;
  }

  // A long quoted run may go on over indented lines.
  [[nodiscard]] bool folds_at(std::size_t end) const {
    return end - out_.from >= 40 && end + 1 < text_.size() && is_blank(text_[end + 1]) &&
           text_.substr(out_.from, end - out_.from).find(' ') == std::string_view::npos;
  }

  // Bytes as numbers: {0x35, 0x34, 023}, []byte{333, 9}; the text may end before the brace.
  void read_numbers() {
    constexpr int k_numbers_min = 8;
    const std::size_t open = rest().find('{');
    if (open == std::string_view::npos) {
      return;
    }
    std::size_t end = at_ + open + 1;
    const std::size_t begin = end;
    while (end < text_.size() && is_in_number_list(text_[end])) {
      ++end;
    }
    if (std::ranges::count(text_.substr(begin, end - begin), ',') < k_numbers_min - 1) {
      read_bare();
      return;
    }
    out_.quoting = Quoting::quoted;
    out_.numbers = true;
    out_.from = begin;
    finish(end);
  }

  static bool is_in_number_list(char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f') || lower(c) == 'x' || c == ',' ||
           is_blank(c) || is_break(c) || c == '\\';
  }

  void read_bare() {
    out_.from = at_;
    std::size_t end = at_;
    const bool query = in_query();
    const bool encoded = in_encoded_query();
    while (end < text_.size() && !ends_bare(end, query, encoded)) {
      ++end;
    }
    out_.cut = end >= text_.size();
    if (read_call_default(end)) {
      return;
    }
    finish(end);
    trim_bare();
    out_.ends_line = ends_line(out_.to);
    out_.ends_string = out_.to < text_.size() && text_[out_.to] == '"';
  }

  // The name is a query parameter: `&` ends its value.
  [[nodiscard]] bool in_query() const {
    const std::size_t begin = static_cast<std::size_t>(out_.name.data() - text_.data());
    const char before = begin > 0 ? text_[begin - 1] : '\0';
    return before == '?' || before == '&' || (before == ';' && begin > 4 && text_[begin - 5] == '&');
  }

  // `%26name%3D`: the digits of the escape were read with the name.
  [[nodiscard]] bool in_encoded_query() const {
    const std::size_t begin = static_cast<std::size_t>(out_.name.data() - text_.data());
    return begin > 0 && text_[begin - 1] == '%' &&
           (out_.name.starts_with("26") || out_.name.starts_with("3F") || out_.name.starts_with("3f"));
  }

  [[nodiscard]] bool ends_bare(std::size_t end, bool query, bool encoded) const {
    const char c = text_[end];
    if (is_blank(c) || is_break(c) || c == '"' || c == '`' || c == '<' || static_cast<unsigned char>(c) < 0x20) {
      return true;
    }
    const std::string_view here = text_.substr(end);
    if ((query && (c == '&' || c == '#')) || (encoded && here.starts_with("%26"))) {
      return true;
    }
    if (c == '&') {
      return here.starts_with("&quot;") || here.starts_with("&lt;") || here.starts_with("&gt;") ||
             has_parameter_behind(end);
    }
    if (c == '\\') {
      return here.starts_with("\\n") || here.starts_with("\\r") || here.starts_with("\\\"") ||
             here.starts_with("\\t");
    }
    if (c == ',' || c == ';') {
      return end + 1 >= text_.size() || !is_word(text_[end + 1]) || has_parameter_behind(end) || c == ';' ||
             out_.joint != Joint::equals;
    }
    return false;
  }

  // `&name=` or `,name=`, `,name:`: another pair begins here.
  [[nodiscard]] bool has_parameter_behind(std::size_t end) const {
    std::size_t at = end + 1;
    while (at < text_.size() && (is_name(text_[at]) || text_[at] == ' ') && at - end < 40) {
      ++at;
    }
    return at > end + 1 && at < text_.size() && (text_[at] == '=' || text_[at] == ':');
  }

  // `is_test ? "value" : null`, `System.getenv("X") ?: "value"`
  bool read_choice(std::size_t end) {
    const std::size_t start = at_;
    at_ = end;
    skip_blanks();
    const bool chooses = take("? ") || take("?: ");
    const std::string_view quote = chooses ? take_quote() : std::string_view();
    if (quote.empty()) {
      at_ = start;
      return false;
    }
    read_quoted(quote);
    out_.joint = Joint::argument;
    return true;
  }

  // `getenv("X", "default")`, `os.environ.get("X") or "default"`, `env.X || 'default'`: the last
  // string of the call when it comes after `,`, `or`, `||` or `??`.
  bool read_call_default(std::size_t end) {
    if (read_choice(end)) {
      return true;
    }
    const std::string_view value = text_.substr(out_.from, end - out_.from);
    const bool call = value.find('(') != std::string_view::npos && !value.starts_with("(") && reads_setting(value);
    const bool reads_environment = value.find("env") != std::string_view::npos ||
                                   value.find("ENV") != std::string_view::npos;
    if (!call && !reads_environment) {
      return false;
    }
    if (value.size() > 1 && call && !is_word(value.front())) {
      return false;
    }
    const std::size_t line_end = std::min(text_.find_first_of("\r\n", out_.from), out_.from + 200);
    const std::string_view line = text_.substr(out_.from, line_end - out_.from);
    for (const std::string_view joint : {" or ", "||", "??", "?:", ", ", ",", ") {"}) {
      const std::size_t found = line.rfind(joint);
      if (found == std::string_view::npos) {
        continue;
      }
      at_ = out_.from + found + joint.size();
      skip_blanks();
      const std::string_view quote = take_quote();
      if (quote.empty() || !(call || reads_environment)) {
        continue;
      }
      read_quoted(quote);
      out_.call = true;
      return true;
    }
    if (call && line.find_first_of("\"'") == std::string_view::npos) {
      out_.from = out_.to = 0;
      return true;  // a call without a string: code
    }
    return false;
  }

  // Closing brackets and stops behind a bare value are not its own, unless it opened them.
  void trim_bare() {
    static constexpr std::string_view k_stops = ".,;:)]}'\"|";
    while (out_.to > out_.from && k_stops.contains(text_[out_.to - 1])) {
      const char last = text_[out_.to - 1];
      const char opener = last == ')' ? '(' : last == ']' ? '[' : last == '}' ? '{' : '\0';
      const std::string_view value = text_.substr(out_.from, out_.to - out_.from);
      if (opener != '\0' && value.find(opener) != std::string_view::npos) {
        break;
      }
      --out_.to;
    }
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
