// The text is read once from the keyword to the right. First the name's end, then what closes a
// name (quotes, brackets, escapes of both), the separator, what opens a value, the value up to
// what closes it. Each step is a small function that moves `at_`; one that does not find its part
// leaves `at_` where it was.
#include "redact/assignment.hpp"

#include <algorithm>
#include <array>

#include "redact/assignment_pair.hpp"

namespace sourceos::redact {

namespace {

constexpr std::size_t k_name_bytes_max = 64;

// Words before `key` and `secret` that make one name with it over a space.
constexpr auto k_first_words = std::to_array<std::string_view>({
    "api", "access", "secret", "private", "auth", "authentication", "encryption", "signing", "master", "license",
    "activation", "account", "service", "subscription", "storage", "shared", "app", "application", "client", "host",
    "session", "unseal", "public", "primary", "foreign", "partition", "sort", "cache", "object", "routing"});

class AssignmentReader : public PairReader {
 public:
  using PairReader::PairReader;

  Assignment read() {
    read_name();
    const std::size_t after_name = at_;
    const bool closed = close_name();
    if (!read_pair(closed) && !read_separator(closed)) {
      at_ = after_name;
      return {};
    }
    read_value();
    return out_;
  }

  Assignment read_after_option() {
    read_name();
    out_.joint = Joint::space;
    const bool closed = close_name();
    if (closed && take(",")) {
      skip_space();
    } else if (is_break(peek())) {
      return read_next_line();
    } else if (!take("=") && !skip_blanks()) {
      return {};
    }
    if (!skip_one(is_break)) {
      read_value();
    }
    return out_;
  }

 private:
  // Arguments a line: the value has the next one for itself.
  Assignment read_next_line() {
    skip_space();
    static_cast<void>(take("- "));
    skip_item_number();
    skip_blanks();
    if (peek() != '-') {
      read_value();
    }
    return out_.ends_line ? out_ : Assignment();
  }

  // `<Password><Value>x</Value>`: the value has an element of its own in that of the name.
  bool take_value_tag() {
    const std::size_t start = at_;
    skip_space();
    if (take("<") && (take_word("value") || take_word("string")) && take(">")) {
      return true;
    }
    at_ = start;
    return false;
  }

  // `2 => x`, `[2] => x`: items of a printed list.
  void skip_item_number() {
    const std::size_t start = at_;
    static_cast<void>(take("["));
    const std::size_t digits = at_;
    while (peek() >= '0' && peek() <= '9') {
      ++at_;
    }
    const bool number = at_ > digits;
    static_cast<void>(take("]"));
    if (!number || !take(" => ")) {
      at_ = start;
    }
  }

  void read_name() {
    std::size_t from = at_;
    while (from > 0 && is_name(text_[from - 1]) && at_ - from < k_name_bytes_max) {
      --from;
    }
    while (more() && is_name(peek())) {
      ++at_;
    }
    while (at_ > from && (text_[at_ - 1] == '.' || (text_[at_ - 1] == '-' && peek() == '>'))) {
      --at_;  // `secret->x`, and the full stop of a sentence
    }
    take_last_word(text_.substr(from, at_ - from));
    out_.name = text_.substr(with_first_word(from), at_ - with_first_word(from));
  }

  // `secret key`, `api token`: the keyword was the first of two words.
  void take_last_word(std::string_view first) {
    const bool known = std::ranges::any_of(k_first_words, [first](std::string_view word) {
      return std::ranges::equal(word, first, {}, lower, lower);
    });
    if (!known || peek() != ' ') {
      return;
    }
    const std::size_t start = at_++;
    if (!take_word("key") && !take_word("token") && !take_word("secret") && !take_word("password")) {
      at_ = start;
    }
  }

  [[nodiscard]] std::size_t with_first_word(std::size_t from) const {
    if (from < 2 || text_[from - 1] != ' ') {
      return from;
    }
    std::size_t start = from - 1;
    while (start > 0 && is_word(text_[start - 1])) {
      --start;
    }
    const std::string_view word = text_.substr(start, from - 1 - start);
    const bool known = std::ranges::any_of(k_first_words, [word](std::string_view first) {
      return std::ranges::equal(word, first, {}, lower, lower);
    });
    return known ? start : from;
  }

  bool read_separator(bool closed) {
    const std::size_t start = at_;
    if (peek() == '>') {
      ++at_;
      out_.joint = Joint::markup;
      return take_value_tag() || (peek() != '=' && !is_blank(peek()) && peek() != '@');
    }
    bool blank = skip_blanks();
    if (take("(") || take("[")) {  // `password (root): x` is read as words below
      at_ -= 1;
    }
    if (read_sign()) {
      out_.spaced = blank | (more() && (is_blank(peek()) || is_break(peek())));
      return true;
    }
    if (!closed && take("(Some(")) {
      out_.joint = Joint::argument;
      return true;
    }
    // `put(Context.SECURITY_CREDENTIALS, "x")`: a constant names the value.
    const bool constant = !closed && peek() == ',' && out_.name.find('_') != std::string_view::npos &&
                          std::ranges::none_of(out_.name.substr(out_.name.rfind('.') + 1), [](char c) { return c >= 'a' && c <= 'z'; });
    // `{default_pass, <<"x">>}` of Erlang.
    const bool tuple = !closed && peek() == ',' && begin_of_name() > 0 && text_[begin_of_name() - 1] == '{';
    if (((closed || constant || tuple) && take(",")) || (!closed && (peek(1) == '"' || peek(1) == '\'') && (take("(") || take("{")))) {
      out_.joint = Joint::argument;
      return true;
    }
    if (blank && (read_words() || read_attributes() || (!closed && read_typed()))) {
      return true;
    }
    // `password "x"`, `#define PASSWORD "x"`, `<Pass encoding="base64">x`.
    if (blank && !closed &&
        (peek() == '"' || peek() == '\'' || peek() == '{' || (peek() == '\\' && peek(1) != 'n') || is_directive())) {
      out_.joint = Joint::space;
      return true;
    }
    if (blank && take(". ") && is_quote(peek())) {  // (name . "x")
      out_.joint = Joint::argument;
      return true;
    }
    if (blank && !closed && starts_long_run("-_.$+/=")) {
      out_.joint = Joint::beside;
      return true;
    }
    if (!closed && skip_loose_sign() && starts_long_run("-_+/")) {
      out_.joint = Joint::beside;
      return true;
    }
    at_ = start;
    return false;
  }

  // What people and tables write between a name and a value, besides the signs of languages.
  bool skip_loose_sign() {
    for (const std::string_view sign : {",", "|", ";", "~", "!", "- ", "– ", "— ", "→", "←"}) {
      if (take(sign)) {
        skip_blanks();
        return true;
      }
    }
    return false;
  }

  // Letters, digits and `marks`, perhaps behind a quote.
  [[nodiscard]] bool starts_long_run(std::string_view marks) const {
    constexpr std::size_t k_long_run = 20;
    const std::string_view run = rest().substr(peek() == '"' || peek() == '\'' ? 1 : 0, k_long_run);
    return run.size() == k_long_run &&
           std::ranges::all_of(run, [marks](char c) { return (is_word(c) && c != '_') || marks.contains(c); });
  }

  // `password string = "x"`: a type between name and sign.
  bool read_typed() {
    const std::size_t start = at_;
    take("*");
    take("[]");
    if (take_word("as")) {  // `Dim pwd As String = "x"`
      skip_blanks();
    }
    while (more() && is_word(peek())) {
      ++at_;
    }
    const bool typed = at_ > start && at_ - start < 20;
    skip_blanks();
    if (typed && peek() == '=' && peek(1) != '=' && take("=")) {
      out_.joint = Joint::equals;
      skip_blanks();
      if (peek() == '"' || peek() == '\'' || peek() == '`') {
        return true;
      }
    }
    at_ = start;
    return false;
  }

  bool read_sign() {
    static constexpr auto k_comparisons = std::to_array<std::string_view>({"!==", "===", "!="});
    for (const std::string_view sign : k_comparisons) {
      if (take(sign)) {
        out_.joint = Joint::comparison;
        return true;
      }
    }
    if (take("==")) {
      out_.joint = Joint::comparison;
      return true;
    }
    static constexpr auto k_equals = std::to_array<std::string_view>({"||=", "?\?=", "&&=", "<<-", "||", "??", "| ", ".=", ":=", "=>", "?=", "+=", "=", "->", "%3D", "%3d",
                                                              "&#61;", "\\u003d", "<-"});
    for (const std::string_view sign : k_equals) {
      if (sign == "->" && is_word(peek(2))) {
        continue;  // a member
      }
      if (sign == "| " && peek(2) != '"' && peek(2) != '\'' && !in_table_row()) {
        continue;  // a pipe
      }
      if (take(sign)) {
        out_.joint = Joint::equals;
        return true;
      }
    }
    if (rest().starts_with("::") && (is_word(peek(2)) || peek(2) == '~')) {
      return false;  // a scope: Class::member
    }
    if (take(":") || take("%3A") || take("%3a")) {
      out_.joint = Joint::colon;
      while (take(":")) {
      }
      if (take("=")) {
        out_.joint = Joint::equals;
        return true;
      }
      skip_type();
      return true;
    }
    return false;
  }

  // `| name | value |`
  [[nodiscard]] bool in_table_row() const {
    const std::size_t begin = begin_of_name();
    return begin > 1 && text_[begin - 1] == ' ' && text_[begin - 2] == '|';
  }

  // A line that begins with a word which takes a name and a value: `ENV NAME value`.
  [[nodiscard]] bool is_directive() const {
    static constexpr auto k_directives = std::to_array<std::string_view>(
        {"define", "global", "env", "arg", "setenv", "set", "setx", "export", "proxy_set_header", "add_header",
         "fastcgi_param", "uwsgi_param", "passenv", "setvar"});
    const std::size_t begin = begin_of_name();
    static constexpr auto k_names =
        std::to_array<std::string_view>({"requirepass", "masterauth", "requirepassword", "rootpw", "bindpw", "masterpass",
                                         "default-auth-pass", "auth-pass"});
    for (const std::string_view name : k_names) {
      if (std::ranges::equal(out_.name, name, {}, lower)) {
        return true;
      }
    }
    std::size_t end = begin;
    std::size_t start = begin;
    for (int words = 0; words < 3 && (words == 0 || (start > 0 && text_[start] == '-')); ++words) {
      end = start;
      while (end > 0 && is_blank(text_[end - 1])) {
        --end;
      }
      start = end;
      while (start > 0 && (is_word(text_[start - 1]) || text_[start - 1] == '-')) {
        --start;
      }
    }
    const std::string_view word = text_.substr(start, end - start);
    return end < begin && std::ranges::any_of(k_directives, [word](std::string_view directive) {
             return std::ranges::equal(word, directive, {}, lower, lower);
           });
  }

  // `password: str = "x"`, `val password: String = "x"`, `let p: &str = "x"`.
  void skip_type() {
    const std::size_t start = at_;
    skip_blanks();
    while (take("&") || take("*") || take("'static")) {
      skip_blanks();
    }
    const std::size_t type = at_;
    while (more() && (is_word(peek()) || peek() == '.' || peek() == '[' || peek() == ']' || peek() == '?' ||
                      peek() == '<' || peek() == '>' || peek() == ':' || peek() == '|')) {
      ++at_;
    }
    const std::string_view name = text_.substr(type, at_ - type);
    const bool typed = !name.empty() && std::ranges::count_if(name, [](char c) { return c >= '0' && c <= '9'; }) < 3;
    skip_blanks();
    if (typed && peek() == '=' && peek(1) != '=' && peek(1) != '>' && (is_blank(peek(1)) || peek(1) == '"')) {
      ++at_;
      out_.joint = Joint::equals;
    } else {
      at_ = start;
    }
  }

  // `password is "x"`, `password for root: x`, `password (for root): x`, `password set to x`.
  bool read_words() {
    const std::size_t start = at_;
    if (take_word("to") && is_blank(peek())) {  // `set DB_PASSWORD to x`, `the token to log in: x`
      static_cast<void>(skip_purpose());
      out_.joint = Joint::words;
      return true;
    }
    if (take_word("is") || take_word("was") || take_word("are") ||
        ((take_word("set") || take_word("changed") || take_word("reset")) && skip_blanks() && take_word("to"))) {
      if (peek() == ':' || peek() == '=') {
        ++at_;
      }
      out_.joint = Joint::words;
      return is_blank(peek()) || is_break(peek());
    }
    at_ = start;
    if (take_word("for") || take_word("of") || peek() == '(') {
      for (int words = 0; words < 3 && more() && !is_break(peek()); ++words) {
        skip_blanks();
        while (more() && !is_blank(peek()) && !is_break(peek()) && peek() != ':' && peek() != '=') {
          ++at_;
        }
        if (peek() == ':' || peek() == '=') {
          ++at_;
          out_.joint = Joint::words;
          return true;
        }
        if (skip_blanks(); take_word("is")) {
          static_cast<void>(take(":"));
          out_.joint = Joint::words;
          return true;
        }
      }
    }
    at_ = start;
    return false;
  }

  // ` log in: `: up to three words, then a colon.
  bool skip_purpose() {
    constexpr std::size_t k_purpose_bytes_max = 32;
    const std::string_view near = rest().substr(0, k_purpose_bytes_max);
    const std::size_t colon = near.find(": ");
    const bool words = colon != std::string_view::npos && std::ranges::count(near.substr(0, colon), ' ') <= 3 &&
                       std::ranges::all_of(near.substr(0, colon), [](char c) { return is_blank(c) || (lower(c) >= 'a' && lower(c) <= 'z'); });
    at_ += words ? colon + 1 : 0;
    return words;
  }

  // The rest of a start tag whose element is the name: `<Pass encoding="base64">`.
  bool read_attributes() {
    std::size_t begin = begin_of_name();
    if (begin > 0 && text_[begin - 1] == ':') {
      for (--begin; begin > 0 && is_word(text_[begin - 1]);) {
        --begin;  // a prefix of a name space
      }
    }
    if (begin == 0 || text_[begin - 1] != '<') {
      return false;
    }
    const std::size_t close = rest().substr(0, 120).find('>');
    if (close == std::string_view::npos) {
      return false;
    }
    at_ += close + 1;
    out_.joint = Joint::markup;
    return true;
  }
};

}  // namespace

Assignment read_assignment(std::string_view text, std::size_t keyword) {
  return AssignmentReader(text, keyword).read();
}

Assignment read_option(std::string_view text, std::size_t keyword) {
  return AssignmentReader(text, keyword).read_after_option();
}

}  // namespace sourceos::redact
