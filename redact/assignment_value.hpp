// The value of an assignment, read from where it begins: quotes, lists of bytes, the default in a
// call, bare words up to what ends them. Only for assignment.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "redact/assignment_quoted.hpp"

namespace sourceos::redact {

class ValueReader : public QuotedReader {
 public:
  using QuotedReader::QuotedReader;

 protected:
  void read_value() {
    skip_value_space();
    if (!take("[]byte(") && (rest().starts_with("[]byte") || rest().starts_with("[]uint8"))) {
      read_numbers();
      return;
    }
    skip_prefixes();
    if (out_.joint == Joint::argument) {
      static_cast<void>(take("<<"));
    }
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
    if (!read_element() && !read_in_string()) {
      read_bare();
    }
  }

  // What stands between two tags, whatever it is made of.
  bool read_element() {
    constexpr std::string_view k_data = "<![CDATA[";
    if (out_.joint != Joint::markup && out_.joint != Joint::pair) {
      return false;
    }
    const std::size_t start = at_;
    const bool data = take(k_data);
    const std::size_t end = data ? text_.find("]]>", at_) : text_.find_first_of("<\r\n", at_);
    if (end == std::string_view::npos || end == at_ || (!data && !text_.substr(end).starts_with("</"))) {
      at_ = start;
      return false;
    }
    out_.from = at_;
    finish(end);
    while (out_.to > out_.from && is_blank(text_[out_.to - 1])) {
      --out_.to;
    }
    return true;
  }

  // `"NAME=value"`, `'--name=value'`: up to the quote that stands before the name, too.
  bool read_in_string() {
    const std::string_view quote = quote_before_name();
    if (quote.empty() || out_.joint != Joint::equals || out_.spaced) {
      return false;
    }
    out_.from = at_;
    const std::size_t end = end_of_quoted(quote);
    const std::string_view value = text_.substr(at_, end - at_);
    if (end >= text_.size() || value.empty() || is_break(text_[end]) || !is_one_value(end)) {
      return false;
    }
    finish(end);
    out_.ends_line = ends_line(end + quote.size());
    out_.ends_string = quote.back() == '"';
    return true;
  }

  // No second parameter, and no command behind an assignment.
  [[nodiscard]] bool is_one_value(std::size_t end) const {
    for (std::size_t at = at_; at < end; ++at) {
      const char c = text_[at];
      if ((std::string_view("&,;").contains(c) && has_parameter_behind(at)) || c == '`' ||
          (is_blank(c) && !is_secret_word(at + 1, end))) {
        return false;
      }
    }
    return true;
  }

  // The word that begins at `from` is of the kind that stands in passwords, not in commands.
  [[nodiscard]] bool is_secret_word(std::size_t from, std::size_t end) const {
    const std::size_t to = std::min(text_.find(' ', from), end);
    const std::string_view word = text_.substr(from, to - from);
    return !word.empty() && is_alnum(word.front()) && word.find_first_of("0123456789") != std::string_view::npos &&
           word.find_first_of("=/:.") == std::string_view::npos;
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
      const bool quote = peek() == '"' || peek() == '\'' || peek() == '`' || rest().starts_with("string(");
      const bool may_follow = out_.joint == Joint::colon || out_.joint == Joint::markup || out_.joint == Joint::pair;
      if (!indented || (!quote && !may_follow) || out_.joint == Joint::words) {
        at_ = start;
      } else if (out_.joint == Joint::colon && take("- ")) {
        out_.joint = Joint::words;  // the first of a list
      }
    }
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
    const std::size_t begin = begin_of_name();
    const char before = begin > 0 ? text_[begin - 1] : '\0';
    return before == '?' || before == '&' || (before == ';' && begin > 4 && text_[begin - 5] == '&');
  }

  // `%26name%3D`: the digits of the escape were read with the name.
  [[nodiscard]] bool in_encoded_query() const {
    const std::size_t begin = begin_of_name();
    return begin > 0 && text_[begin - 1] == '%' &&
           (out_.name.starts_with("26") || out_.name.starts_with("3F") || out_.name.starts_with("3f"));
  }

  [[nodiscard]] bool ends_bare(std::size_t end, bool query, bool encoded) const {
    const char c = text_[end];
    if ((c == ' ' || c == '"') && end > out_.from && goes_on_in_line(end + 1) && has_line_for_itself()) {
      return false;
    }
    if (is_blank(c) || is_break(c) || c == '"' || c == '`' || static_cast<unsigned char>(c) < 0x20) {
      return true;
    }
    if (c == '<') {
      return out_.joint == Joint::markup || out_.joint == Joint::pair || end == out_.from || is_tag(end);
    }
    const std::string_view here = text_.substr(end);
    if ((query && (c == '&' || (c == '#' && is_fragment(here)))) || (encoded && here.starts_with("%26"))) {
      return true;
    }
    if (c == '&') {
      return here.starts_with("&quot;") || here.starts_with("&lt;") || here.starts_with("&gt;") ||
             has_parameter_behind(end);
    }
    if (c == '\\') {
      const bool goes_on = here.size() == 1 || is_break(here[1]);  // the line does, in a shell
      return goes_on || here.starts_with("\\n") || here.starts_with("\\r") || here.starts_with("\\\"") ||
             here.starts_with("\\t");
    }
    if (c == ',' || c == ';') {
      return end + 1 >= text_.size() || !is_word(text_[end + 1]) || has_parameter_behind(end) ||
             ((c == ';' || out_.joint != Joint::equals) && !has_tail_behind(end));
    }
    return false;
  }

  // `</b`, `<br>`, `<<`: markup around the value. Tags are words; `<7Kq>` is none.
  [[nodiscard]] bool is_tag(std::size_t open) const {
    std::size_t at = open + 1;
    while (at < text_.size() && ((lower(text_[at]) >= 'a' && lower(text_[at]) <= 'z') || text_[at] == '-')) {
      ++at;
    }
    return at >= text_.size() || at > open + 12 || !is_alnum(text_[at]);
  }

  // The sign belongs to the value of a setting that has its line for itself: what follows up to the
  // line's end is no command and no next value.
  [[nodiscard]] bool has_tail_behind(std::size_t sign) const {
    constexpr std::string_view k_signs = "!#%+-_@^*";
    const std::size_t begin = begin_of_name();
    const bool alone = begin == 0 || is_break(text_[begin - 1]) || is_blank(text_[begin - 1]);
    std::size_t at = sign + 1;
    while (at < text_.size() && (is_alnum(text_[at]) || k_signs.contains(text_[at]))) {
      ++at;
    }
    const std::string_view tail = text_.substr(sign + 1, at - sign - 1);
    const bool ends = at >= text_.size() || is_break(text_[at]);
    return alone && holds_digit(tail) && (ends || (is_blank(text_[at]) && holds_capital(tail)));
  }

  static bool holds_digit(std::string_view word) { return word.find_first_of("0123456789") != std::string_view::npos; }
  static bool holds_capital(std::string_view word) {
    return std::ranges::any_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
  }

  // Nothing but white space, `export` or a dash stands before the name.
  [[nodiscard]] bool has_line_for_itself() const {
    constexpr std::size_t k_line_begin_max = 40;
    const std::size_t begin = begin_of_name();
    std::size_t from = begin;
    while (from > 0 && !is_break(text_[from - 1]) && begin - from < k_line_begin_max) {
      --from;
    }
    std::string_view before = text_.substr(from, begin - from);
    for (const std::string_view word : {"export ", "set ", "SET ", "- "}) {
      before = before.ends_with(word) ? before.substr(0, before.size() - word.size()) : before;
    }
    return before.find_first_not_of(" \t") == std::string_view::npos &&
           (out_.joint == Joint::colon || out_.joint == Joint::equals);
  }

  // Up to the line's end stand few words, all of the kind that only passwords hold.
  [[nodiscard]] bool goes_on_in_line(std::size_t at) const {
    constexpr int k_words_max = 3;
    for (int words = 0; words < k_words_max; ++words) {
      const std::size_t from = at;
      while (at < text_.size() && (is_alnum(text_[at]) || std::string_view("!#%+-_@^*").contains(text_[at]))) {
        ++at;
      }
      const std::string_view word = text_.substr(from, at - from);
      if (!holds_digit(word) || !holds_capital(word) || !is_alnum(word.front())) {
        return false;
      }
      if (at >= text_.size() || is_break(text_[at])) {
        return true;
      }
      if (text_[at++] != ' ') {
        return false;
      }
    }
    return false;
  }

  // `#section`, `#/route`: where a page is opened, not the rest of a password.
  static bool is_fragment(std::string_view from) {
    const std::string_view word = from.substr(0, from.find_first_of(" \t\r\n\"'&<>"));
    return std::ranges::none_of(word, [](char c) { return c >= '0' && c <= '9'; });
  }

  // `&name=` or `,name=`, `,name:`: another pair begins here.
  [[nodiscard]] bool has_parameter_behind(std::size_t end) const {
    const std::size_t name = std::min(text_.find_first_not_of(' ', end + 1), text_.size());
    std::size_t at = name;
    while (at < text_.size() && is_name(text_[at]) && at - end < 40) {
      ++at;
    }
    return at > name && at < text_.size() && (text_[at] == '=' || text_[at] == ':');
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
    if (out_.joint == Joint::equals && !out_.spaced && out_.to < text_.size() && is_break(text_[out_.to]) &&
        k_stops.contains(text_[out_.to - 1]) && holds_capital(out_.name.substr(0, 1)) && has_line_for_itself()) {
      return;  // no sentence, a setting
    }
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
};

}  // namespace sourceos::redact
