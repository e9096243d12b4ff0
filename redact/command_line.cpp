#include "redact/command_line.hpp"

#include <algorithm>
#include <string>

#include "core/text.hpp"
#include "redact/command_table.hpp"
#include "redact/confirm.hpp"
#include "redact/secret_value.hpp"

namespace sourceos::redact {

namespace {

// A quote with the back slashes before it; 0 when there is none.
std::size_t quote_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && text[end] == '\\') {
    ++end;
  }
  return end < text.size() && (text[end] == '"' || text[end] == '\'') ? end + 1 - at : 0;
}

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
      if (sign == std::string_view::npos || of(word).starts_with('/') || of(word).starts_with('<')) {
        return;
      }
      if (takes == Takes::user && word.from + sign + 1 == word.to && is_key_alone(of(word).substr(0, sign))) {
        out_->push_back({word.from, word.to - 1});
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

  // `-u <key>:`: a service that takes its key as the user's name, and no password.
  static bool is_key_alone(std::string_view user) {
    constexpr std::size_t k_key_bytes_min = 10;
    const ValueShape shape = shape_of(user);
    return user.size() >= k_key_bytes_min && shape.digits >= 2 && shape.lower > 0 && shape.upper + shape.marks > 0 &&
           !is_placeholder(user) && !is_identifier(user) && user.find('@') == std::string_view::npos;
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
    const bool paired = takes == Takes::user || takes == Takes::comma || takes == Takes::percent || takes == Takes::slash;
    if (value.size() < k_secret_bytes_min || std::string_view("$ ").contains(value.front()) ||
        (value.front() == '-' && !paired) ||
        (shape.digits == value.size() && value.size() <= k_port_bytes_max)) {
      return false;
    }
    if ((is_placeholder(value) && !is_common_word(value)) || value.find(" -") != std::string_view::npos) {
      return false;
    }
    if (takes == Takes::place && (value.find("://") != std::string_view::npos || value.starts_with('<'))) {
      return false;
    }
    if (!paired && (value.starts_with("http://") || value.starts_with("https://"))) {
      return false;  // the next word of a line whose option has no value
    }
    return !value.starts_with("/run/") && !value.starts_with("/etc/") && !value.starts_with("./") && !value.starts_with("~/");
  }

  std::string_view text_;
  std::span<const CommandWord> words_;
  std::vector<SecretWord>* out_;
};

}  // namespace

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
