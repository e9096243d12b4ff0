// libyaml tells places in characters, not bytes; they only grow, so that one pass counts along.
#include "redact/structured/yaml_spans.hpp"

#include <algorithm>
#include <vector>

#include <yaml.h>

#include "core/text.hpp"
#include "redact/structured/tree_judge.hpp"

namespace sourceos::redact {

namespace {

// Turns places in characters into places in bytes.
class CharacterCount {
 public:
  explicit CharacterCount(std::string_view text) : text_(text) {}
  std::size_t bytes_to(std::size_t character) {
    if (character < count_) {
      at_ = count_ = 0;  // a mark before the last one: count anew
    }
    while (count_ < character && at_ < text_.size()) {
      ++at_;
      while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xC0U) == 0x80U) {
        ++at_;
      }
      ++count_;
    }
    return at_;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t count_ = 0;
};

class Parser {
 public:
  explicit Parser(std::string_view text) {
    ready_ = yaml_parser_initialize(&parser_) == 1;
    if (ready_) {
      yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
      yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    }
  }
  ~Parser() {
    if (ready_) {
      yaml_parser_delete(&parser_);
    }
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  [[nodiscard]] bool next(yaml_event_t& event) { return ready_ && yaml_parser_parse(&parser_, &event) == 1; }

 private:
  yaml_parser_t parser_{};
  bool ready_ = false;
};

class YamlReader {
 public:
  explicit YamlReader(std::string_view text) : text_(text), count_(text), parser_(text) {}

  std::optional<SecretValues> read() {
    for (bool more = true; more;) {
      yaml_event_t event;
      if (!parser_.next(event)) {
        return std::nullopt;
      }
      more = event.type != YAML_STREAM_END_EVENT;
      const bool fits = take(event);
      yaml_event_delete(&event);
      if (!fits) {
        return std::nullopt;
      }
    }
    return judge_.take();
  }

 private:
  bool take(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_MAPPING_START_EVENT:
      case YAML_SEQUENCE_START_EVENT: return open(event.type == YAML_SEQUENCE_START_EVENT);
      case YAML_MAPPING_END_EVENT:
      case YAML_SEQUENCE_END_EVENT:
        judge_.close();
        expects_key_.pop_back();
        turn();
        return true;
      case YAML_ALIAS_EVENT: turn(); return true;
      case YAML_SCALAR_EVENT: scalar(event); return true;
      default: return true;
    }
  }

  bool open(bool array) {
    // A container as a key says nothing: its value stands under no name.
    if (!expects_key_.empty() && expects_key_.back() == Expects::key) {
      judge_.key("");
    }
    expects_key_.push_back(array ? Expects::item : Expects::key);
    return judge_.open(array);
  }

  // After a key comes a value, after a value a key.
  void turn() {
    if (!expects_key_.empty() && expects_key_.back() != Expects::item) {
      expects_key_.back() = expects_key_.back() == Expects::key ? Expects::value : Expects::key;
    }
  }

  void scalar(const yaml_event_t& event) {
    std::string value(reinterpret_cast<const char*>(event.data.scalar.value), event.data.scalar.length);
    if (!expects_key_.empty() && expects_key_.back() == Expects::key) {
      judge_.key(std::move(value));
    } else {
      judge_.scalar(place(event, std::move(value)));
    }
    turn();
  }

  TreeJudge::Scalar place(const yaml_event_t& event, std::string value) {
    TreeJudge::Scalar out;
    out.from = count_.bytes_to(event.start_mark.index);
    out.to = std::max(count_.bytes_to(event.end_mark.index), out.from);
    const std::string_view until = text_.substr(0, out.to);
    while (out.from < out.to && (text_[out.from] == '!' || text_[out.from] == '&')) {  // tag, anchor
      const std::size_t end = std::min(until.find_first_of(" \t\r\n", out.from), out.to);
      out.from = std::min(until.find_first_not_of(" \t\r\n", end), out.to);
    }
    const yaml_scalar_style_t style = event.data.scalar.style;
    if (style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE) {
      out.from = std::min(out.from + 1, out.to);
      out.to = std::max(out.to - 1, out.from);
    } else if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE) {
      // What stands below the indicator, from its first character to its last.
      const std::string_view block = text_.substr(out.from, out.to - out.from);
      const std::size_t line = block.find('\n');
      const std::size_t first = line == std::string_view::npos ? line : block.find_first_not_of(" \t\r\n", line);
      if (first == std::string_view::npos) {
        out.from = out.to;
      } else {
        out.to = out.from + block.find_last_not_of(" \t\r\n") + 1;
        out.from += first;
      }
      value = text::trim(value);
    }
    out.raw = text_.substr(out.from, out.to - out.from) == value;
    out.value = std::move(value);
    return out;
  }

  enum class Expects : unsigned char { item, key, value };

  std::string_view text_;
  CharacterCount count_;
  Parser parser_;
  TreeJudge judge_;
  std::vector<Expects> expects_key_;
};

// YAML takes no tabs before a key, people and editors do: each becomes a blank, and no place moves.
std::string without_tabs(std::string_view bytes) {
  std::string out(bytes);
  bool begin = true;
  for (char& c : out) {
    if (begin && c == '\t') {
      c = ' ';
    }
    begin = c == '\n' || (begin && c == ' ');
  }
  return out;
}

}  // namespace

std::optional<SecretValues> yaml_secrets(std::string_view bytes) {
  constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
  if (bytes.starts_with(k_byte_order_mark)) {
    return std::nullopt;
  }
  auto values = YamlReader(bytes).read();
  if (!values && bytes.find("\n\t") != std::string_view::npos) {
    return YamlReader(without_tabs(bytes)).read();
  }
  return values;
}

}  // namespace sourceos::redact
