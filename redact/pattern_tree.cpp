#include "redact/pattern_tree.hpp"

#include <algorithm>
#include <cstdlib>

namespace sourceos::redact {

namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::vector<PieceRow> alternatives() {
    std::vector<PieceRow> rows(1);
    while (at_ < text_.size() && text_[at_] != ')') {
      if (text_[at_] == '|') {
        ++at_;
        rows.emplace_back();
        continue;
      }
      rows.back().push_back(piece());
    }
    return rows;
  }

 private:
  Piece piece() {
    Piece out;
    switch (text_[at_]) {
      case '(': group(out); break;
      case '[': out.atom = take(end_of_class() - at_); break;
      case '\\': {
        const std::size_t size = escape_size();
        out.is_assertion = at_ + 1 < text_.size() && (text_[at_ + 1] == 'b' || text_[at_ + 1] == 'B');
        out.atom = take(size);
        break;
      }
      default:
        out.is_assertion = text_[at_] == '^' || text_[at_] == '$';
        out.atom = take(1);
    }
    repeat(out);
    return out;
  }

  void group(Piece& out) {
    ++at_;
    if (at_ < text_.size() && text_[at_] == '?') {
      const std::size_t end = text_.find_first_of(":)>", at_);
      const bool flags = end != std::string_view::npos && text_[end] == ')';
      if (flags) {  // (?i): holds from here on
        out.is_assertion = true;
        out.atom = "(" + take(end + 1 - at_);
        return;
      }
      const bool named = end != std::string_view::npos && text_[end] == '>';
      out.atom = named ? "(?:" : "(" + std::string(text_.substr(at_, end + 1 - at_));
      at_ = std::min(text_.size(), end + 1);
    } else {
      out.atom = "(?:";
    }
    out.alternatives = alternatives();
    at_ = std::min(text_.size(), at_ + 1);
  }

  void repeat(Piece& out) {
    if (at_ >= text_.size()) {
      return;
    }
    switch (text_[at_]) {
      case '?': out.min = 0; ++at_; break;
      case '*': out.min = 0; out.max = k_repeat_open; ++at_; break;
      case '+': out.max = k_repeat_open; ++at_; break;
      case '{': counts(out); break;
      default: return;
    }
    if (at_ < text_.size() && text_[at_] == '?') {
      ++at_;  // lazy: the same matches for who asks only where they end
    }
  }

  void counts(Piece& out) {
    ++at_;
    out.min = number();
    out.max = out.min;
    if (at_ < text_.size() && text_[at_] == ',') {
      ++at_;
      out.max = at_ < text_.size() && text_[at_] == '}' ? k_repeat_open : number();
    }
    at_ = std::min(text_.size(), at_ + 1);
  }

  unsigned number() {
    unsigned value = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + static_cast<unsigned>(text_[at_++] - '0');
    }
    return value;
  }

  [[nodiscard]] std::size_t end_of_class() const {
    std::size_t at = at_ + 1;
    at += at < text_.size() && text_[at] == '^' ? 1U : 0U;
    at += at < text_.size() && text_[at] == ']' ? 1U : 0U;  // first of all it is plain
    while (at < text_.size() && text_[at] != ']') {
      if (text_[at] == '[' && at + 1 < text_.size() && text_[at + 1] == ':') {
        at = std::min(text_.size(), text_.find(":]", at)) + 1;
      }
      at += text_[std::min(at, text_.size() - 1)] == '\\' ? 2U : 1U;
    }
    return std::min(text_.size(), at + 1);
  }

  [[nodiscard]] std::size_t escape_size() const {
    if (at_ + 1 < text_.size() && text_[at_ + 1] == 'x') {
      const bool brace = at_ + 2 < text_.size() && text_[at_ + 2] == '{';
      return brace ? text_.find('}', at_) + 1 - at_ : 4;
    }
    return 2;
  }

  std::string take(std::size_t size) {
    const std::string_view taken = text_.substr(at_, size);
    at_ += taken.size();
    return std::string(taken);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void add_range(ByteSet& set, unsigned from, unsigned to) {
  for (unsigned byte = from; byte <= to; ++byte) {
    set.set(byte);
  }
}

ByteSet word_bytes() {
  ByteSet set;
  add_range(set, '0', '9');
  add_range(set, 'A', 'Z');
  add_range(set, 'a', 'z');
  set.set('_');
  return set;
}

ByteSet digit_bytes() {
  ByteSet set;
  add_range(set, '0', '9');
  return set;
}

// With what only one of the two libraries takes for a space.
ByteSet space_bytes() {
  ByteSet set;
  for (const char c : {' ', '\t', '\n', '\f', '\r', '\v'}) {
    set.set(static_cast<unsigned char>(c));
  }
  return set;
}

// `escape` begins with the backslash and is nothing but the escape.
ByteSet bytes_of_escape(std::string_view escape) {
  ByteSet set;
  switch (escape[1]) {
    case 'w': return word_bytes();
    case 'W': return ~word_bytes();
    case 'd': return digit_bytes();
    case 'D': return ~digit_bytes();
    case 's': return space_bytes();
    case 'S': return (~space_bytes()).set('\v');
    case 'n': set.set('\n'); return set;
    case 'r': set.set('\r'); return set;
    case 't': set.set('\t'); return set;
    case 'x': set.set(std::strtoul(std::string(escape.substr(2, 2)).c_str(), nullptr, 16) & 0xFFU); return set;
    default: set.set(static_cast<unsigned char>(escape[1])); return set;
  }
}

std::size_t member_size(std::string_view rest) {
  if (rest[0] != '\\' || rest.size() < 2) {
    return 1;
  }
  return rest[1] == 'x' ? 4 : 2;
}

ByteSet bytes_of_member(std::string_view member) {
  if (member.size() > 1) {
    return bytes_of_escape(member);
  }
  ByteSet set;
  set.set(static_cast<unsigned char>(member[0]));
  return set;
}

unsigned first_of(const ByteSet& set) {
  unsigned byte = 0;
  while (byte < 255 && !set[byte]) {
    ++byte;
  }
  return byte;
}

ByteSet bytes_of_class(std::string_view inner) {
  ByteSet set;
  std::size_t at = 0;
  while (at < inner.size()) {
    const std::size_t size = member_size(inner.substr(at));
    const ByteSet low = bytes_of_member(inner.substr(at, size));
    at += size;
    if (low.count() == 1 && at + 1 < inner.size() && inner[at] == '-') {
      const std::size_t last = member_size(inner.substr(at + 1));
      add_range(set, first_of(low), first_of(bytes_of_member(inner.substr(at + 1, last))));
      at += 1 + last;
    } else {
      set |= low;
    }
  }
  return set;
}

}  // namespace

std::vector<PieceRow> read_pieces(std::string_view pattern) { return Reader(pattern).alternatives(); }

ByteSet bytes_of(std::string_view atom) {
  if (atom.starts_with('[')) {
    std::string_view inner = atom.substr(1, atom.size() - 2);
    const bool negated = inner.starts_with('^');
    const ByteSet set = bytes_of_class(inner.substr(negated ? 1 : 0));
    return negated ? ~set : set;
  }
  if (atom.starts_with('\\') && atom.size() > 1) {
    return bytes_of_escape(atom);
  }
  ByteSet set;
  if (atom == ".") {
    return ~set;
  }
  set.set(static_cast<unsigned char>(atom[0]));
  return set;
}

}  // namespace sourceos::redact
