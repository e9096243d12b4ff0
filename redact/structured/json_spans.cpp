// A reader that keeps places: our JSON library does not tell them. It goes down by recursion to the
// depth that the judge takes.
#include "redact/structured/json_spans.hpp"

#include <algorithm>

#include "redact/structured/tree_judge.hpp"

namespace sourceos::redact {

namespace {

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

class JsonReader {
 public:
  JsonReader(std::string_view text, std::vector<BareValue>* bare) : text_(text), bare_(bare) {}

  // One document from `at_`; false when it is none.
  bool read_document() {
    skip_space();
    if (peek() != '{' && peek() != '[') {
      return false;
    }
    return read_value();
  }
  // Up to the next document; true at the end.
  bool at_end() {
    skip_space();
    return at_ >= text_.size();
  }
  SecretValues take() { return judge_.take(); }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) { return peek() == c && (++at_, true); }
  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  bool read_value() {
    switch (peek()) {
      case '{': return read_container('}', false);
      case '[': return read_container(']', true);
      case '"': return read_string();
      default: return read_word();
    }
  }

  bool read_container(char end, bool array) {
    ++at_;
    if (!judge_.open(array)) {
      return false;
    }
    skip_space();
    for (bool first = true; !take(end); first = false) {
      if (!first && !take(',')) {
        return false;
      }
      skip_space();
      if (!array && !read_key()) {
        return false;
      }
      if (!read_value()) {
        return false;
      }
      skip_space();
    }
    judge_.close();
    return true;
  }

  bool read_key() {
    TreeJudge::Scalar key;
    if (peek() != '"' || !read_text(key)) {
      return false;
    }
    judge_.key(std::move(key.value));
    skip_space();
    if (!take(':')) {
      return false;
    }
    skip_space();
    return true;
  }

  bool read_string() {
    TreeJudge::Scalar scalar;
    if (!read_text(scalar)) {
      return false;
    }
    judge_.scalar(std::move(scalar));
    return true;
  }

  bool read_text(TreeJudge::Scalar& out) {
    out.from = ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        out.to = at_++;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) {
        return false;
      }
      if (c == '\\') {
        out.raw = false;
        if (!read_escape(out.value)) {
          return false;
        }
      } else {
        out.value += c;
        ++at_;
      }
    }
    return false;
  }

  bool read_escape(std::string& out) {
    const char kind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    at_ += 2;
    switch (kind) {
      case 'b': out += '\b'; return true;
      case 'f': out += '\f'; return true;
      case 'n': out += '\n'; return true;
      case 'r': out += '\r'; return true;
      case 't': out += '\t'; return true;
      case '"':
      case '\\':
      case '/': out += kind; return true;
      case 'u': break;
      default: return false;
    }
    constexpr std::size_t k_digits = 4;
    const std::string_view digits = text_.substr(std::min(at_, text_.size()), k_digits);
    unsigned code = 0;
    for (const char c : digits) {
      const bool digit = c >= '0' && c <= '9';
      const char low = static_cast<char>(c | 0x20);
      if (!digit && (low < 'a' || low > 'f')) {
        return false;
      }
      code = code * 16 + static_cast<unsigned>(digit ? c - '0' : low - 'a' + 10);
    }
    at_ += k_digits;
    append_utf8(out, code);
    return digits.size() == k_digits;
  }

  // Numbers, true, false and null.
  bool read_word() {
    TreeJudge::Scalar scalar;
    scalar.from = at_;
    at_ = std::min(text_.find_first_not_of("+-.0123456789Eaeflnrstu", at_), text_.size());
    scalar.to = at_;
    scalar.bare = true;
    scalar.value = text_.substr(scalar.from, scalar.to - scalar.from);
    const bool number = scalar.value.find_first_of("aflnrstu") == std::string::npos;
    if (scalar.value.empty() ||
        (!number && scalar.value != "true" && scalar.value != "false" && scalar.value != "null")) {
      return false;
    }
    if (bare_ != nullptr) {
      bare_->push_back({scalar.from, scalar.to});
    }
    judge_.scalar(std::move(scalar));
    return true;
  }

  std::string_view text_;
  std::vector<BareValue>* bare_;
  std::size_t at_ = 0;
  TreeJudge judge_;
};

}  // namespace

std::optional<SecretValues> json_secrets(std::string_view bytes, std::vector<BareValue>* bare) {
  JsonReader reader(bytes, bare);
  do {
    if (!reader.read_document()) {
      return std::nullopt;
    }
  } while (!reader.at_end());
  return reader.take();
}

}  // namespace sourceos::redact
