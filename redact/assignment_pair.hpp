// A name and its value in two members: `{name: "NAME", value: "x"}`, `<key>NAME</key><string>x</string>`,
// the next argument of an audit record. Only for assignment.cpp.
#pragma once

#include <algorithm>
#include <string_view>

#include "redact/assignment_value.hpp"

namespace sourceos::redact {

class PairReader : public ValueReader {
 public:
  using ValueReader::ValueReader;

 protected:
  // Quotes and brackets that end a name: `"]`, `']`, `\"`, `)`. True when there was a quote.
  bool close_name() {
    bool quoted = false;
    for (int count = 0; count < 3; ++count) {
      if (!take_quote().empty()) {
        quoted = true;
      } else if (!take("**") && !take_dimension() && !take("]") && !take("}") && !(peek() == ')' && (peek(1) == ':' || peek(1) == '=') && take(")"))) {
        break;
      }
    }
    return quoted;
  }

  // `[]`, and of an array that is filled `[32] =`.
  bool take_dimension() {
    constexpr std::size_t k_dimension_bytes_max = 24;
    if (take("[]")) {
      return true;
    }
    const std::string_view near = rest().substr(0, k_dimension_bytes_max);
    std::size_t end = near.starts_with('[') ? 1 : near.size();
    while (end < near.size() && is_word(near[end])) {
      ++end;
    }
    const std::string_view sign = end < near.size() && near[end] == ']' ? near.substr(end + 1) : std::string_view();
    if (!sign.starts_with(" = ") && !sign.starts_with("=\"")) {
      return false;
    }
    at_ += end + 1;
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
    if (closed && (take("{") || take(": {") || take(":{"))) {
      skip_members();
    } else if (!closed && peek() == ':' && is_break(peek(1))) {
      ++at_;
      skip_space();
      if (take("content: ") || take("value: ")) {
        skip_blanks();
        out_.joint = Joint::pair;
        return true;
      }
      skip_members();  // `DBPassword:\n  Type: String\n  Default: x`
      if (!std::ranges::equal(rest().substr(0, 7), std::string_view("default"), {}, lower)) {
        at_ = start;
        return false;
      }
    }
    if (closed) {
      skip_attribute();
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
    if (closed && take_string_length()) {
      out_.joint = Joint::pair;
      return true;
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

  // `serializeAs="String"` between a name and the element that holds its value.
  void skip_attribute() {
    constexpr std::size_t k_attribute_bytes_max = 40;
    const std::size_t end = rest().substr(0, k_attribute_bytes_max).find_first_of("<>\n");
    if (peek() == ' ' || is_word(peek())) {
      const std::string_view between = end == std::string_view::npos ? std::string_view() : rest().substr(0, end);
      if (end != std::string_view::npos && rest()[end] == '>' && rest().substr(end).starts_with("><value>") &&
          between.find("=\"") != std::string_view::npos) {
        at_ += end;
      }
    }
  }

  // `s:8:"password";s:12:"x"`, as PHP writes down an array.
  bool take_string_length() {
    const std::size_t start = at_;
    if (take(";s:")) {
      while (peek() >= '0' && peek() <= '9') {
        ++at_;
      }
      if (take(":") && (peek() == '"' || peek() == '\\')) {
        return true;
      }
    }
    at_ = start;
    return false;
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

  // Lines of a block before its default or value: `type = string`, `"sensitive": true`.
  void skip_members() {
    for (int lines = 0; lines < 4; ++lines) {
      skip_space();
      const std::size_t line_end = text_.find_first_of("\r\n", at_);
      const std::string_view word = rest().substr(peek() == '"' ? 1 : 0);
      if (std::ranges::equal(word.substr(0, 7), std::string_view("default"), {}, lower) || word.starts_with("value\"") ||
          line_end == std::string_view::npos || peek() == '}') {
        return;
      }
      at_ = line_end;
    }
  }
};

}  // namespace sourceos::redact
