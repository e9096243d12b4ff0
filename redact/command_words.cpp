// What follows a tool's name as words (command_line.hpp).
#include <algorithm>

#include "redact/command_line.hpp"

namespace sourceos::redact {

namespace {

constexpr std::size_t k_words_max = 64;
constexpr std::size_t k_command_bytes_max = 2048;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_break(char c) { return c == '\n' || c == '\r'; }

// A quote with the back slashes before it; 0 when there is none.
std::size_t quote_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && text[end] == '\\') {
    ++end;
  }
  return end < text.size() && (text[end] == '"' || text[end] == '\'') ? end + 1 - at : 0;
}

std::size_t skip(std::string_view text, std::size_t at, std::string_view set) {
  while (at < text.size() && set.contains(text[at])) {
    ++at;
  }
  return at;
}

// Lists: the tool is one item, its words are the next ones

// Items between quotes: `", "`, `' '`, `" a2="`.
std::vector<CommandWord> quoted_items(std::string_view text, std::size_t at) {
  std::vector<CommandWord> words;
  const std::string_view quote = text.substr(at, quote_at(text, at));
  at += quote.size();
  while (words.size() < k_words_max) {
    const std::size_t comma = skip(text, at, " \t\r\n,");
    at = comma;
    if (at + 2 < text.size() && text[at] == 'a' && text[at + 1] >= '0' && text[at + 1] <= '9') {
      at = skip(text, at + 1, "0123456789");
      at += at < text.size() && text[at] == '=' ? 1U : 0U;
    }
    if (!text.substr(at).starts_with(quote)) {
      break;
    }
    const std::size_t from = at + quote.size();
    const std::size_t to = text.find(quote, from);
    if (to == std::string_view::npos || text.substr(from, to - from).find('\n') != std::string_view::npos) {
      break;
    }
    words.push_back({from, to});
    at = to + quote.size();
  }
  return words;
}

// `<string>`s of a plist.
std::vector<CommandWord> string_elements(std::string_view text, std::size_t at) {
  constexpr std::string_view k_open = "<string>";
  constexpr std::string_view k_close = "</string>";
  std::vector<CommandWord> words;
  while (words.size() < k_words_max && text.substr(at).starts_with(k_close)) {
    at = skip(text, at + k_close.size(), " \t\r\n");
    if (!text.substr(at).starts_with(k_open)) {
      break;
    }
    const std::size_t from = at + k_open.size();
    const std::size_t to = std::min(text.find('<', from), text.size());
    words.push_back({from, to});
    at = to;
  }
  return words;
}

// `- word` lines of YAML.
std::vector<CommandWord> dashed_lines(std::string_view text, std::size_t at) {
  std::vector<CommandWord> words;
  while (words.size() < k_words_max) {
    at = skip(text, at, " \t\r\n");
    if (at + 1 >= text.size() || text[at] != '-' || !is_blank(text[at + 1])) {
      break;
    }
    std::size_t from = skip(text, at + 1, " \t");
    std::size_t to = std::min(text.find_first_of("\r\n", from), text.size());
    at = to;
    while (to > from && is_blank(text[to - 1])) {
      --to;
    }
    if (to - from >= 2 && (text[from] == '"' || text[from] == '\'') && text[to - 1] == text[from]) {
      ++from;
      --to;
    }
    words.push_back({from, to});
  }
  return words;
}

class ShellLine {
 public:
  ShellLine(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  std::vector<CommandWord> words() {
    std::vector<CommandWord> out;
    while (out.size() < k_words_max && skip_blanks() && read_word()) {
      out.push_back(word_);
      if (ended_) {
        break;
      }
    }
    return out;
  }

 private:
  // False at the command's end.
  bool skip_blanks() {
    for (;;) {
      at_ = skip(text_, at_, " \t");
      if (at_ >= text_.size() || ends_command(text_[at_])) {
        return false;
      }
      const bool joins = text_[at_] == '\\' || text_[at_] == '^' || text_[at_] == '`';
      if (!joins) {
        return true;
      }
      const std::size_t next = at_ + 1;
      if (next < text_.size() && is_break(text_[next])) {
        at_ = skip(text_, next, "\r\n");
      } else if (text_.substr(at_).starts_with("\\n") || text_.substr(at_).starts_with("\\\\\\n")) {
        return false;  // the line's end inside of a string
      } else {
        return true;
      }
    }
  }

  static bool ends_command(char c) { return is_break(c) || c == '|' || c == ';' || c == '&' || c == ')'; }

  bool read_word() {
    word_.from = at_;
    if (text_[at_] == '$' && quote_at(text_, at_ + 1) == 2) {
      ++at_;
    }
    if (const std::size_t size = quote_at(text_, at_); size != 0) {
      return read_quoted(text_.substr(at_, size));
    }
    while (at_ < text_.size() && !is_blank(text_[at_]) && !ends_word(text_[at_])) {
      if (const std::size_t size = quote_at(text_, at_); size != 0) {
        if (!read_inner_quote(text_.substr(at_, size))) {
          break;
        }
        continue;
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size() && (is_break(text_[at_ + 1]) || text_[at_ + 1] == 'n')) {
        break;
      }
      at_ += text_[at_] == '\\' && at_ + 1 < text_.size() ? 2U : 1U;
    }
    word_.to = std::min(at_, text_.size());
    return word_.to > word_.from;
  }

  // `&` and `)` belong to bare words that go on behind them.
  [[nodiscard]] bool ends_word(char c) const {
    if (c == '&' || c == ')') {
      return at_ + 1 >= text_.size() || is_blank(text_[at_ + 1]) || text_[at_ + 1] == c || is_break(text_[at_ + 1]);
    }
    return is_break(c) || c == '|' || c == ';';
  }

  // The quote that stands around the word; without its other end it closes a string around all.
  bool read_quoted(std::string_view quote) {
    const std::size_t from = at_ + quote.size();
    const std::size_t to = closing(quote, from);
    if (to == std::string_view::npos || closes_string(from)) {
      return false;
    }
    word_ = {from, to};
    at_ = to + quote.size();
    return true;
  }

  bool read_inner_quote(std::string_view quote) {
    const std::size_t behind = at_ + quote.size();
    const std::size_t to = closing(quote, behind);
    if (to == std::string_view::npos || closes_string(behind)) {
      ended_ = true;
      return false;
    }
    at_ = to + quote.size();
    return true;
  }

  // What stands behind a quote says that it was the end of a string around the command.
  [[nodiscard]] bool closes_string(std::size_t behind) const {
    return behind >= text_.size() || is_blank(text_[behind]) || is_break(text_[behind]) ||
           std::string_view(",;]})+").contains(text_[behind]);
  }

  [[nodiscard]] std::size_t closing(std::string_view quote, std::size_t from) const {
    for (std::size_t at = from; at < text_.size() && !is_break(text_[at]); ++at) {
      if (text_.substr(at).starts_with(quote) && (quote.size() > 1 || at == from || text_[at - 1] != '\\')) {
        return at;
      }
    }
    return std::string_view::npos;
  }

  std::string_view text_;
  std::size_t at_;
  CommandWord word_;
  bool ended_ = false;
};

}  // namespace

std::vector<CommandWord> words_behind(std::string_view text, std::size_t at) {
  text = text.substr(0, at + k_command_bytes_max);
  if (at >= text.size()) {
    return {};
  }
  if (const std::size_t size = quote_at(text, at); size != 0) {
    auto items = quoted_items(text, at);
    return items.empty() ? ShellLine(text, at + size).words() : items;
  }
  if (text.substr(at).starts_with("</string>")) {
    return string_elements(text, at);
  }
  if (is_break(text[at])) {
    return dashed_lines(text, at);
  }
  return is_blank(text[at]) ? ShellLine(text, at).words() : std::vector<CommandWord>();
}

}  // namespace sourceos::redact
