// What stands between the sign and the value itself: prefixes and tags of strings, brackets, casts,
// calls that take the string, the scheme of a credential. Only for assignment.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "redact/assignment_text.hpp"

namespace sourceos::redact {

class PrefixReader : public AssignmentText {
 public:
  using AssignmentText::AssignmentText;

 protected:
  static bool is_quote(char c) { return c == '"' || c == '\'' || c == '\\'; }

  void skip_prefixes() {
    for (int rounds = 0; rounds < 3 && skip_prefix(); ++rounds) {
    }
  }

  // `Basic x`, `token x`: the scheme is no part of the credential.
  bool skip_scheme() {
    const std::size_t start = at_;
    for (const std::string_view scheme : {"bearer", "basic", "token"}) {
      if (take_word(scheme) && skip_blanks() && more() && !is_break(peek())) {
        return true;
      }
      at_ = start;
    }
    return false;
  }

  // A function that hands out a setting and takes a default.
  static bool reads_setting(std::string_view call) {
    return has_word_of(call, {"env", "Env", "ENV", "get", "Get", "fetch", "default", "Default", "config", "setting",
                              "prop", "Prop", "param", "opt", "coalesce", "lookup"});
  }

 private:
  static bool has_word_of(std::string_view call, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [call](std::string_view word) { return call.find(word) != std::string_view::npos; });
  }

  // True when another prefix may follow.
  bool skip_prefix() {
    if (peek() == '!') {
      return take_tag();
    }
    if (take_cast() || take_bracket() || take_wrapper() || take_echo() || take_element()) {
      return true;
    }
    if (take_letters()) {
      return false;
    }
    return enter_call() || (skip_scheme(), false);
  }

  // `!vault x`, `!!str "x"`: a tag of YAML, which has no digits.
  bool take_tag() {
    const std::size_t start = at_;
    const std::string_view tag = rest().substr(1, std::min(rest().find_first_of(" \t\r\n"), rest().size()) - 1);
    const bool named = !tag.empty() && (is_word(tag.front()) || tag.front() == '!');
    if (!named || tag.find_first_of("0123456789") != std::string_view::npos) {
      return false;
    }
    at_ = std::min(text_.find_first_of(" \t\r\n", at_), text_.size());
    if (skip_blanks() && more() && !is_break(peek())) {
      return true;
    }
    at_ = start;
    return false;
  }

  // `(char *) "x"`, `[string]'x'`
  bool take_cast() {
    const std::size_t start = at_;
    if (out_.joint != Joint::markup && (take("(") || take("["))) {
      while (is_word(peek()) || peek() == ' ' || peek() == '*' || peek() == '.' || peek() == ':') {
        ++at_;
      }
      if (at_ > start + 1 && (take(")") || take("]")) && (skip_blanks(), is_quote(peek()))) {
        return true;
      }
    }
    at_ = start;
    return false;
  }

  // `("x")`, `["x"]`, `{"x"}`, `{{ "x" }}`, `#{"x"}`; a line may break behind a parenthesis.
  bool take_bracket() {
    const std::size_t start = at_;
    if (out_.joint == Joint::markup) {
      return false;
    }
    if (take("(")) {
      const std::size_t inside = at_;
      skip_space();
      if (!is_quote(peek())) {
        at_ = inside;
        skip_blanks();
      }
      return true;
    }
    if (take("[")) {
      skip_blanks();
      return true;
    }
    static_cast<void>(take("#"));
    if (take("{{") || take("{")) {
      skip_blanks();
      if (is_closed_string('}')) {
        return true;
      }
    }
    at_ = start;
    return false;
  }

  // A string begins here, and behind it `close`: no key of an object.
  [[nodiscard]] bool is_closed_string(char close) const {
    constexpr std::size_t k_string_bytes_max = 400;
    const char quote = peek();
    if (quote != '"' && quote != '\'') {
      return false;
    }
    const std::size_t end = text_.substr(0, std::min(text_.size(), at_ + k_string_bytes_max)).find(quote, at_ + 1);
    const std::size_t behind = end == std::string_view::npos ? end : text_.find_first_not_of(" \t", end + 1);
    return behind != std::string_view::npos && text_[behind] == close;
  }

  // `Some("x")`, `SecretStr('x')`, `string(14) "x"`: what debug output writes around a string. `q(x)`: Perl, `%q(x)`: Ruby.
  bool take_wrapper() {
    static constexpr auto k_wrappers = std::to_array<std::string_view>(
        {"Some(", "Just ", "Ok(", "String::from(", "SecretStr(", "Secret(", "SecretString(", "Sensitive(", "Box(", "Text("});
    for (const std::string_view wrapper : k_wrappers) {
      if (rest().starts_with(wrapper) && is_quote(peek(wrapper.size()))) {
        return take(wrapper);
      }
    }
    const std::size_t start = at_;
    if (take("string(") || take("str(") || take("String(")) {
      while (more() && peek() >= '0' && peek() <= '9') {
        ++at_;
      }
      if (take(") ") && is_quote(peek())) {
        return true;
      }
      at_ = start;
    }
    return out_.joint == Joint::equals && out_.spaced && take_perl_quote();
  }

  bool take_perl_quote() {
    const std::size_t start = at_;
    static_cast<void>(take("%"));
    if ((take("qq") || take("qw") || take("q") || take("Q")) && (take("(") || take("{"))) {
      return true;
    }
    at_ = start;
    return false;
  }

  // `$(echo -n x | base64)`, `$(printf '%s' 'x')`
  bool take_echo() {
    const std::size_t start = at_;
    static_cast<void>(take("\""));
    if (!(take("$(") || take("`")) || !(take_word("printf") || take_word("echo")) || !skip_blanks()) {
      at_ = start;
      return false;
    }
    for (const std::string_view option : {"-n ", "-en ", "-e ", "'%s' ", "\"%s\" ", "%s ", "'%s\\n' "}) {
      if (take(option)) {
        skip_blanks();
      }
    }
    return true;
  }

  // `<code>x</code>` of a page.
  bool take_element() {
    const bool in_text = out_.joint == Joint::equals || out_.joint == Joint::colon;
    return in_text && (take("<code>") || take("<b>") || take("<strong>") || take("<kbd>") || take("<pre>") || take("<tt>"));
  }

  // b"..", u'..', @"..", L"..", $'..'
  bool take_letters() {
    std::size_t letters = 0;
    while (letters < 3 && (is_word(peek(letters)) || peek(letters) == '@' || peek(letters) == '$')) {
      ++letters;
    }
    if (letters == 0 || letters == 3 || (peek(letters) != '"' && peek(letters) != '\'') || out_.joint == Joint::markup) {
      return false;
    }
    at_ += letters;
    return true;
  }

  // `new String("x")`, `std::string{"x"}`, `sensitive("x")`, `Value(string: "x")`: the first string of
  // a call. Calls that look something up, or take a pattern, a path or a message, take no secret.
  bool enter_call() {
    constexpr std::size_t k_callee_bytes_max = 48;
    if (out_.joint != Joint::equals && out_.joint != Joint::colon) {
      return false;
    }
    const std::size_t start = at_;
    static_cast<void>(take("new "));
    const std::size_t from = at_;
    while (at_ - from < k_callee_bytes_max && (is_word(peek()) || peek() == '.' || peek() == ':' || peek() == '!')) {
      ++at_;
    }
    const std::string_view callee = text_.substr(from, at_ - from);
    bool found = !callee.empty() && !takes_no_secret(callee) && (take("(") || take("{"));
    skip_blanks();
    found = found && (is_quote(peek()) || (peek() != 'f' && take_letters()) || take_argument_name());
    if (!found) {
      at_ = start;
      return false;
    }
    out_.joint = Joint::argument;
    return true;
  }

  static bool takes_no_secret(std::string_view callee) {
    if (reads_setting(callee) && callee != "default" && !callee.ends_with(".default")) {
      return true;
    }
    if (callee.ends_with(".encode") || callee.ends_with(".decode")) {
      return true;
    }
    return has_word_of(callee, {"ompile", "egex", "egExp", "atch", "eplace", "plit", "ath", "ile", "pen", "rror",
                                "xception", "rint", "log", "Log", "ind", "elect", "uery", "ield", "olumn", "abel",
                                "equire", "mport", "URL", "Url", "url", "est", "ead"});
  }

  // `string: "x"`, `value="x"` inside of a call
  bool take_argument_name() {
    const std::size_t start = at_;
    while (is_word(peek())) {
      ++at_;
    }
    if (at_ > start && (take(":") || take("=")) && (skip_blanks(), is_quote(peek()))) {
      return true;
    }
    at_ = start;
    return false;
  }
};

}  // namespace sourceos::redact
