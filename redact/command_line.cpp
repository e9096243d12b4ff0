#include "redact/command_line.hpp"

#include <algorithm>
#include <string>

#include "core/text.hpp"
#include "redact/command_table.hpp"
#include "redact/confirm.hpp"
#include "redact/secret_value.hpp"

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

// --- lists: the tool is one item, its words are the next ones

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

// --- shell lines

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

// --- the table

bool lists(std::string_view list, std::string_view word) {
  for (const std::string_view item : text::split(list, ' ')) {
    if (!item.empty() && item == word) {
      return true;
    }
  }
  return false;
}

std::string plain_name(std::string_view tool) {
  std::string name = text::ascii_lower(tool.substr(tool.find_last_of("/\\") + 1));
  if (name.ends_with(".exe")) {
    name.resize(name.size() - 4);
  }
  return name;
}

class Reader {
 public:
  Reader(std::string_view text, std::span<const CommandWord> words, std::vector<SecretWord>& out)
      : text_(text), words_(words), out_(&out) {}

  void apply(const CommandRow& row) {
    if (!has_needs(row.needs)) {
      return;
    }
    if (row.takes == Takes::place || row.options.empty()) {
      take_place(row);
      return;
    }
    for (const std::string_view option : text::split(row.options, ' ')) {
      take_option(option, row.takes);
    }
  }

 private:
  [[nodiscard]] std::string_view of(CommandWord word) const { return text_.substr(word.from, word.to - word.from); }

  [[nodiscard]] bool has_needs(std::string_view needs) const {
    for (const std::string_view need : text::split(needs, ' ')) {
      const bool cluster = need.size() == 2 && need.front() == '-';
      if (!need.empty() && std::ranges::none_of(words_, [&](CommandWord word) {
            const std::string_view here = of(word);
            return here == need || (cluster && here.size() < 8 && here.starts_with('-') && !here.starts_with("--") &&
                                    here.find(need[1]) != std::string_view::npos);
          })) {
        return false;
      }
    }
    return true;
  }

  void take_place(const CommandRow& row) {
    std::uint8_t place = 0;
    for (const CommandWord word : words_) {
      if (!of(word).starts_with('-') && ++place == row.place) {
        take(word, row.takes);
        return;
      }
    }
  }

  void take_option(std::string_view option, Takes takes) {
    const bool is_long = option.starts_with("--");
    for (std::size_t at = 0; at < words_.size(); ++at) {
      const std::string_view here = of(words_[at]);
      if (takes == Takes::user && ends_cluster(here, option) && at + 1 < words_.size()) {
        take(words_[at + 1], takes);  // `-su user:value`
      }
      if (!here.starts_with(option)) {
        continue;
      }
      CommandWord rest{words_[at].from + option.size(), words_[at].to};
      if (here == option) {
        if (takes != Takes::joined && at + 1 < words_.size() && of(words_[at + 1]) != option &&
            (std::string_view("-/").contains(option.front()) || option.ends_with("password") || option.ends_with("psk") ||
             is_more_than_word(of(words_[at + 1])))) {
          take(words_[at + 1], takes);
        }
      } else if (text_[rest.from] == '=') {
        take({rest.from + 1, rest.to}, takes);
      } else if (!is_long && takes != Takes::apart && (option.size() == 2 || takes == Takes::joined)) {
        take(rest, takes);
      }
    }
  }

  // Behind a plain word like `login` or `unseal` words of prose may stand.
  static bool is_more_than_word(std::string_view value) {
    const ValueShape shape = shape_of(value);
    return shape.digits > 0 || (shape.marks > 0 && shape.upper > 0) || !is_identifier(value);
  }

  static bool ends_cluster(std::string_view word, std::string_view option) {
    constexpr std::size_t k_cluster_bytes_max = 6;
    return option.size() == 2 && word.size() > 2 && word.size() <= k_cluster_bytes_max && word[0] == '-' && word[1] != '-' &&
           word.back() == option.back();
  }

  void take(CommandWord word, Takes takes) {
    word = without_quotes(word);
    const std::string_view signs = takes == Takes::user      ? ":"
                                   : takes == Takes::comma   ? ","
                                   : takes == Takes::percent ? "%"
                                   : takes == Takes::slash   ? "/"
                                                             : "";
    if (!signs.empty()) {
      const std::size_t sign = of(word).find(signs);
      if (sign == std::string_view::npos || of(word).starts_with('/')) {
        return;
      }
      word.from += sign + 1;
    }
    if (takes == Takes::slash) {
      word.to = word.from + std::min(of(word).find('@'), of(word).size());
    }
    if (may_be_secret(of(word), takes) && !(takes == Takes::user && is_sample_pair(text_.substr(0, word.from), of(word)))) {
      out_->push_back({word.from, word.to});
    }
  }

  // Of what is joined to an option: `-p"x"`.
  [[nodiscard]] CommandWord without_quotes(CommandWord word) const {
    const std::size_t open = quote_at(text_, word.from);
    if (open != 0 && word.to - word.from >= 2 * open && text_.substr(word.to - open, open) == text_.substr(word.from, open)) {
      return {word.from + open, word.to - open};
    }
    return word;
  }

  static bool may_be_secret(std::string_view value, Takes takes) {
    constexpr std::size_t k_secret_bytes_min = 3;
    constexpr std::size_t k_port_bytes_max = 5;
    const ValueShape shape = shape_of(value);
    if (value.size() < k_secret_bytes_min || std::string_view("-$ ").contains(value.front()) ||
        (shape.digits == value.size() && value.size() <= k_port_bytes_max)) {
      return false;
    }
    if ((is_placeholder(value) && !is_common_word(value)) || value.find(" -") != std::string_view::npos) {
      return false;
    }
    if (takes == Takes::place && (value.find("://") != std::string_view::npos || value.starts_with('<'))) {
      return false;
    }
    return !value.starts_with("/run/") && !value.starts_with("/etc/") && !value.starts_with("./") && !value.starts_with("~/");
  }

  std::string_view text_;
  std::span<const CommandWord> words_;
  std::vector<SecretWord>* out_;
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

std::vector<SecretWord> secret_words(std::string_view tool, std::string_view text, std::span<const CommandWord> words) {
  std::vector<SecretWord> out;
  if (words.empty()) {
    return out;
  }
  const std::string name = plain_name(tool);
  for (const CommandRow& row : k_command_rows) {
    if (lists(row.tools, name)) {
      Reader(text, words, out).apply(row);
    }
  }
  std::ranges::sort(out, {}, &SecretWord::from);
  const auto same = std::ranges::unique(out, {}, &SecretWord::from);
  out.erase(same.begin(), same.end());
  return out;
}

std::vector<SecretWord> command_secrets(std::string_view text, std::size_t from, std::size_t to) {
  return secret_words(text.substr(from, to - from), text, words_behind(text, to));
}

bool is_known_tool(std::string_view tool) {
  const std::string name = plain_name(tool);
  return std::ranges::any_of(k_command_rows, [&name](const CommandRow& row) { return lists(row.tools, name); });
}

}  // namespace sourceos::redact
