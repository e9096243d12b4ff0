// The text is read once from the keyword to the right. First the name's end, then what closes a
// name (quotes, brackets, escapes of both), the separator, what opens a value, the value up to
// what closes it. Each step is a small function that moves `at_`; one that does not find its part
// leaves `at_` where it was.
#include "redact/assignment.hpp"

#include <algorithm>
#include <array>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_blanks_max = 40;
constexpr std::size_t k_name_bytes_max = 64;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool is_name(char c) { return is_word(c) || c == '-' || c == '.' || c == '$'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_break(char c) { return c == '\n' || c == '\r'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Escaped forms of a double quote, longest first.
constexpr auto k_quote_names = std::to_array<std::string_view>({"&quot;", "&#34;", "&#39;", "&apos;", "%22", "\\u0022", "%27"});
// Words before `key` and `secret` that make one name with it over a space.
constexpr auto k_first_words = std::to_array<std::string_view>({
    "api", "access", "secret", "private", "auth", "authentication", "encryption", "signing", "master", "license",
    "activation", "account", "service", "subscription", "storage", "shared", "app", "application", "client", "host",
    "session", "unseal", "public", "primary", "foreign", "partition", "sort", "cache"});

class AssignmentReader {
 public:
  AssignmentReader(std::string_view text, std::size_t keyword) : text_(text), at_(keyword) {}

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
    } else if (!take("=") && !skip_blanks()) {
      return {};
    }
    if (!skip_one(is_break)) {
      read_value();
    }
    return out_;
  }

 private:
  [[nodiscard]] bool more() const { return at_ < text_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] std::string_view rest() const { return text_.substr(std::min(at_, text_.size())); }

  bool take(std::string_view literal) {
    if (!rest().starts_with(literal)) {
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
      return std::ranges::equal(word, first, {}, lower);
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
      return std::ranges::equal(word, first, {}, lower);
    });
    return known ? start : from;
  }

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

  // Quotes and brackets that end a name: `"]`, `']`, `\"`, `)`. True when there was a quote.
  bool close_name() {
    bool quoted = false;
    for (int count = 0; count < 3; ++count) {
      if (!take_quote().empty()) {
        quoted = true;
      } else if (!take("[]") && !take("]") && !take("}") && !(peek() == ')' && (peek(1) == ':' || peek(1) == '=') && take(")"))) {
        break;
      }
    }
    return quoted;
  }

  bool read_separator(bool closed) {
    const std::size_t start = at_;
    if (peek() == '>') {
      ++at_;
      out_.joint = Joint::markup;
      return peek() != '=' && !is_blank(peek()) && peek() != '@';
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
    if (((closed || constant) && take(",")) || (!closed && peek() == '(' && (peek(1) == '"' || peek(1) == '\'') && take("("))) {
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
    if (blank && !closed && starts_long_run()) {
      out_.joint = Joint::beside;
      return true;
    }
    at_ = start;
    return false;
  }

  [[nodiscard]] bool starts_long_run() const {
    constexpr std::size_t k_long_run = 20;
    const std::string_view run = rest().substr(0, k_long_run);
    return run.size() == k_long_run &&
           std::ranges::all_of(run, [](char c) { return is_name(c) || c == '+' || c == '/' || c == '='; });
  }

  // `password string = "x"`: a type between name and sign.
  bool read_typed() {
    const std::size_t start = at_;
    take("*");
    take("[]");
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
    static constexpr auto k_equals = std::to_array<std::string_view>({"||", "??", "| ", ".=", ":=", "=>", "?=", "+=", "=", "->", "%3D", "%3d",
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
    const std::size_t begin = static_cast<std::size_t>(out_.name.data() - text_.data());
    return begin > 1 && text_[begin - 1] == ' ' && text_[begin - 2] == '|';
  }

  // A line that begins with a word which takes a name and a value: `ENV NAME value`.
  [[nodiscard]] bool is_directive() const {
    static constexpr auto k_directives = std::to_array<std::string_view>(
        {"define", "global", "env", "arg", "setenv", "set", "setx", "export", "proxy_set_header", "add_header",
         "fastcgi_param", "uwsgi_param", "passenv", "setvar"});
    const std::size_t begin = static_cast<std::size_t>(out_.name.data() - text_.data());
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
             return std::ranges::equal(word, directive, {}, lower);
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
    if (take_word("to") && is_blank(peek())) {  // `set DB_PASSWORD to x`
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
          out_.joint = Joint::words;
          return true;
        }
      }
    }
    at_ = start;
    return false;
  }

  // The rest of a start tag whose element is the name: `<Pass encoding="base64">`.
  bool read_attributes() {
    std::size_t begin = static_cast<std::size_t>(out_.name.data() - text_.data());
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

  // After a quoted (or YAML) name: `", "value": "`, `\n  value: `, `" value="`, `</key><string>`.
  bool read_pair(bool closed) {
    const std::size_t start = at_;
    if (take("</")) {
      const std::size_t close = rest().find('>');
      if (close < 24) {
        at_ += close + 1;
        skip_space();
        const std::size_t open = rest().substr(0, 24).find('>');
        if (peek() == '<' && open != std::string_view::npos) {
          at_ += open + 1;
          out_.joint = Joint::pair;
          return true;
        }
      }
      at_ = start;
      return false;
    }
    skip_space();
    if (closed && take("{")) {
      skip_members();
    } else if (!closed && peek() == ':' && is_break(peek(1))) {
      ++at_;
      skip_members();  // `DBPassword:\n  Type: String\n  Default: x`
      if (!std::ranges::equal(rest().substr(0, 7), std::string_view("default"), {}, lower)) {
        at_ = start;
        return false;
      }
    }
    if (closed && take(">")) {
      skip_space();
      if (take("<") && (take_word("value") || take_word("string")) && take(">")) {
        out_.joint = Joint::pair;
        return true;
      }
      at_ = start;
      return false;
    }
    take(",");
    skip_space();
    if (closed && take_argument_number()) {
      out_.joint = Joint::pair;
      return true;
    }
    take_quote();
    static_cast<void>(take("android:") || take("app:"));
    if (!take_word("value") && !take_word("defaultvalue") && !take_word("content") && !take_word("default")) {
      at_ = start;
      return false;
    }
    close_name();
    skip_blanks();
    if (!take("=") && !take(":")) {
      at_ = start;
      return false;
    }
    out_.joint = Joint::pair;
    return true;
  }

  // The next argument of an audit record: `a1="--password" a2="x"`.
  bool take_argument_number() {
    const std::size_t start = at_;
    if (take("a")) {
      while (more() && peek() >= '0' && peek() <= '9') {
        ++at_;
      }
      if (at_ > start + 1 && take("=")) {
        return true;
      }
    }
    at_ = start;
    return false;
  }

  // Lines of a block before its default: `type = string`, `sensitive = true`.
  void skip_members() {
    for (int lines = 0; lines < 4; ++lines) {
      skip_space();
      const std::size_t line_end = text_.find_first_of("\r\n", at_);
      if (std::ranges::equal(rest().substr(0, 7), std::string_view("default"), {}, lower) || line_end == std::string_view::npos || peek() == '}') {
        return;
      }
      at_ = line_end;
    }
  }

  void read_value() {
    skip_value_space();
    if (!take("[]byte(") && (rest().starts_with("[]byte") || rest().starts_with("[]uint8"))) {
      read_numbers();
      return;
    }
    skip_prefixes();
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
      }
    }
  }

  // b"..", u'..', @"..", String.raw`..`, (".."), [".."], new String(".."), Bearer.
  void skip_prefixes() {
    for (int rounds = 0; rounds < 3; ++rounds) {
      const std::size_t start = at_;
      if (peek() == '!' && is_word(peek(1))) {  // a YAML tag
        at_ = std::min(text_.find_first_of(" \t\r\n", at_), text_.size());
        if (skip_blanks() && more() && !is_break(peek())) {
          continue;
        }
        at_ = start;
        return;
      }
      if ((peek() == '(' || peek() == '[') && out_.joint != Joint::markup) {
        ++at_;
        skip_blanks();
        continue;
      }
      std::size_t letters = 0;
      while (letters < 3 && (is_word(peek(letters)) || peek(letters) == '@')) {
        ++letters;
      }
      if (letters > 0 && letters < 3 && (peek(letters) == '"' || peek(letters) == '\'') &&
          out_.joint != Joint::markup) {
        at_ += letters;
        return;
      }
      if ((take_word("bearer") || take_word("basic") || take_word("token")) && skip_blanks() && more() &&
          !is_break(peek())) {
        return;
      }
      at_ = start;
      return;
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
    finish(end);
    out_.ends_line = ends_line(end + close.size());
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

  // `getenv("X", "default")`, `os.environ.get("X") or "default"`, `env.X || 'default'`: the last
  // string of the call when it comes after `,`, `or`, `||` or `??`.
  bool read_call_default(std::size_t end) {
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
    for (const std::string_view joint : {" or ", "||", "??", ", ", ",", ") {"}) {
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

  // A function that hands out a setting and takes a default.
  static bool reads_setting(std::string_view call) {
    for (const std::string_view word : {"env", "Env", "ENV", "get", "Get", "fetch", "default", "Default", "config",
                                        "setting", "prop", "Prop", "param", "opt", "coalesce", "lookup"}) {
      if (call.find(word) != std::string_view::npos) {
        return true;
      }
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

  std::string_view text_;
  std::size_t at_;
  Assignment out_;
};

}  // namespace

Assignment read_assignment(std::string_view text, std::size_t keyword) {
  return AssignmentReader(text, keyword).read();
}

Assignment read_option(std::string_view text, std::size_t keyword) {
  return AssignmentReader(text, keyword).read_after_option();
}

}  // namespace sourceos::redact
