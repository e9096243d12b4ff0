#include "redact/engine_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace sourceos::redact {

namespace {

// A repeat that ends a pattern is cut to its least, and to so many: enough to tell a token of 40
// from one of 64.
constexpr unsigned k_count_max = 64;
constexpr unsigned k_open = ~0U;

// One atom with its repeat. A group keeps its alternatives, each a row of pieces.
struct Piece {
  std::string atom;  // of a group its begin: "(?:" or "(?i:"
  std::vector<std::vector<Piece>> alternatives;
  unsigned min = 1;
  unsigned max = 1;
  bool is_assertion = false;

  [[nodiscard]] bool is_group() const { return !alternatives.empty(); }
  [[nodiscard]] bool is_flags() const { return is_assertion && atom.starts_with('('); }
  [[nodiscard]] bool is_exact() const { return min == max; }
};
using Row = std::vector<Piece>;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::vector<Row> alternatives() {
    std::vector<Row> rows(1);
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
      case '*': out.min = 0; out.max = k_open; ++at_; break;
      case '+': out.max = k_open; ++at_; break;
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
      out.max = at_ < text_.size() && text_[at_] == '}' ? k_open : number();
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

// Cuts what may vary at the end; nothing is left when all of it may.
void trim(Row& row) {
  while (!row.empty()) {
    Piece& piece = row.back();
    if (piece.is_assertion) {
      // Behind what is cut an assertion would not hold; behind what stays it does.
      const Piece* before = row.size() > 1 ? &row[row.size() - 2] : nullptr;
      if (piece.is_flags() || before == nullptr || (before->is_exact() && !before->is_assertion)) {
        return;
      }
    } else if (piece.min != 0) {
      piece.min = std::min(piece.min, k_count_max);
      piece.max = piece.min;
      for (Row& inner : piece.alternatives) {
        if (piece.max == 1) {
          trim(inner);
        }
      }
      return;
    }
    row.pop_back();
  }
}

std::string spell(const std::vector<Row>& rows);

std::string spell(const Piece& piece) {
  const std::string out =
      piece.is_group() ? piece.atom + spell(piece.alternatives) + ")" : piece.atom;
  if (piece.max == 1 && piece.min == 1) {
    return out;
  }
  if (piece.is_exact()) {
    return out + fmt::format("{{{}}}", piece.min);
  }
  if (piece.max == k_open) {
    return out + fmt::format("{{{},}}", piece.min);
  }
  return out + fmt::format("{{{},{}}}", piece.min, piece.max);
}

std::string spell(const std::vector<Row>& rows) {
  std::string out;
  for (const Row& row : rows) {
    out += &row == &rows.front() ? "" : "|";
    for (const Piece& piece : row) {
      out += spell(piece);
    }
  }
  return out;
}

unsigned least_width(const std::vector<Row>& rows) {
  unsigned least = k_open;
  for (const Row& row : rows) {
    unsigned width = 0;
    for (const Piece& piece : row) {
      const unsigned one = piece.is_assertion ? 0 : piece.is_group() ? least_width(piece.alternatives) : 1;
      width += one * std::min(piece.min, k_count_max);
    }
    least = std::min(least, width);
  }
  return least;
}

}  // namespace

std::string engine_pattern(std::string_view pattern) {
  std::vector<Row> rows = Reader(pattern).alternatives();
  std::vector<Row> trimmed = rows;
  for (Row& row : trimmed) {
    trim(row);
  }
  return spell(least_width(trimmed) == 0 ? rows : trimmed);
}

}  // namespace sourceos::redact
