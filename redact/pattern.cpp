// Grammar (ASCII; a subset of RE2's and of PCRE as Vectorscan reads it):
//
//   pattern  = branch *( "|" branch )
//   branch   = *( atom [ "?" / "{" n [ "," m ] "}" ] [ "?" ] )
//   atom     = byte / escape / "[" class "]" / "." / "^" / "$" / group
//   group    = "(" [ "?:" / "?P<" name ">" / "?" flags [ ":" ] ] pattern ")"
//   flags    = 1*( "i" / "m" / "s" )
//   escape   = "\" ( "d" / "D" / "w" / "W" / "s" / "S" / "b" / "B" / "n" / "r" / "t" / "x" 2hex
//              / punctuation )
//
// `*`, `+` and `{n,}` have no bound and are refused; so are look-around and back references, which
// neither library has. A repeat goes up to 1000 (RE2's own limit).
#include "redact/pattern.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace sourceos::redact {

namespace {

constexpr std::uint64_t k_repeat_max = 1000;
constexpr int k_group_depth_max = 32;
constexpr std::size_t k_class_members_max = 10;

// What is known of a part: its widths, and of its literals the run at its begin, at its end and the
// longest. `exact`: the whole part is one literal run.
struct Part {
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  std::uint64_t best = 0;
  bool exact = true;
};

Part byte_part(bool literal) {
  const std::uint64_t run = literal ? 1 : 0;
  return {.min = 1, .max = 1, .head = run, .tail = run, .best = run, .exact = literal};
}

Part join(const Part& left, const Part& right) {
  Part out;
  out.min = left.min + right.min;
  out.max = left.max + right.max;
  out.head = left.exact ? left.head + right.head : left.head;
  out.tail = right.exact ? left.tail + right.tail : right.tail;
  out.best = std::max({left.best, right.best, left.tail + right.head});
  out.exact = left.exact && right.exact;
  return out;
}

Part either(const Part& left, const Part& right) {
  Part out;
  out.min = std::min(left.min, right.min);
  out.max = std::max(left.max, right.max);
  out.head = std::min(left.head, right.head);
  out.tail = std::min(left.tail, right.tail);
  out.best = std::min(left.best, right.best);
  out.exact = left.exact && right.exact && left.min == right.min && left.max == right.max;
  return out;
}

Part repeat(const Part& part, std::uint64_t least, std::uint64_t most) {
  Part out = part;
  out.min = part.min * least;
  out.max = part.max * most;
  if (least == 0) {
    out.head = out.tail = out.best = 0;
    out.exact = most == 0;
  } else if (part.exact) {
    out.head = out.tail = out.best = part.best * least;
    out.exact = least == most;
  }
  return out;
}

class Reader {
 public:
  explicit Reader(std::string_view pattern) : pattern_(pattern) {}

  std::expected<PatternFacts, PatternFault> read() {
    const Part whole = alternatives(0);
    if (!broken_ && at_ < pattern_.size()) {
      refuse("rule-pattern", "a `)` that closes nothing");
    }
    if (broken_) {
      return std::unexpected(fault_);
    }
    return PatternFacts{.width_min = whole.min,
                        .width_max = whole.max,
                        .literal_min = whole.best,
                        .secret_group = secret_group_};
  }

 private:
  [[nodiscard]] bool more() const { return !broken_ && at_ < pattern_.size(); }
  [[nodiscard]] char peek() const { return pattern_[at_]; }
  [[nodiscard]] bool next_is(std::string_view text) const {
    return pattern_.substr(std::min(at_, pattern_.size())).starts_with(text);
  }

  Part refuse(std::string reason, std::string message) {
    if (!broken_) {
      broken_ = true;
      fault_ = {.at = at_, .reason = std::move(reason), .message = std::move(message)};
    }
    return {};
  }

  Part alternatives(int depth) {
    if (depth > k_group_depth_max) {
      return refuse("rule-pattern", fmt::format("groups nest deeper than {}", k_group_depth_max));
    }
    Part all = branch(depth);
    while (more() && peek() == '|') {
      ++at_;
      all = either(all, branch(depth));
    }
    return all;
  }

  Part branch(int depth) {
    Part all;
    while (more() && peek() != '|' && peek() != ')') {
      all = join(all, quantified(depth));
    }
    return all;
  }

  Part quantified(int depth) {
    Part part = atom(depth);
    if (!more()) {
      return part;
    }
    if (peek() == '*' || peek() == '+') {
      return refuse("rule-unbounded", fmt::format("'{}' has no bound, give one as {{0,200}}", peek()));
    }
    if (peek() == '?') {
      ++at_;
      part = repeat(part, 0, 1);
    } else if (peek() == '{') {
      part = counted(part);
    } else {
      return part;
    }
    if (more() && peek() == '?') {
      ++at_;  // the lazy form is as wide
    }
    return part;
  }

  Part counted(const Part& part) {
    ++at_;
    const std::uint64_t least = number();
    std::uint64_t most = least;
    if (more() && peek() == ',') {
      ++at_;
      if (more() && peek() == '}') {
        return refuse("rule-unbounded", "a repeat without an upper bound");
      }
      most = number();
    }
    if (!more() || peek() != '}') {
      return refuse("rule-pattern", "a repeat is written as {n} or {n,m}");
    }
    ++at_;
    if (least > most || most > k_repeat_max) {
      return refuse("rule-pattern", fmt::format("a repeat goes from low to high, up to {}", k_repeat_max));
    }
    return repeat(part, least, most);
  }

  std::uint64_t number() {
    const std::size_t from = at_;
    std::uint64_t value = 0;
    while (more() && peek() >= '0' && peek() <= '9' && at_ - from < 6) {
      value = value * 10 + static_cast<std::uint64_t>(peek() - '0');
      ++at_;
    }
    if (at_ == from) {
      refuse("rule-pattern", "a repeat without a number");
    }
    return value;
  }

  Part atom(int depth) {
    const char first = peek();
    if (static_cast<unsigned char>(first) >= 0x80 || static_cast<unsigned char>(first) < 0x20) {
      return refuse("rule-pattern", "a byte outside printable ASCII, write it as \\xHH");
    }
    switch (first) {
      case '(': return group(depth);
      case '[': return byte_class();
      case '\\': return escape();
      case '.': ++at_; return byte_part(false);
      case '^':
      case '$':
        if (!multiline_) {
          return refuse("rule-pattern", fmt::format("'{}' needs (?m) before it", first));
        }
        ++at_;
        return {};
      case '*':
      case '+':
      case '?':
      case '{': return refuse("rule-pattern", "a repeat of nothing");
      default: ++at_; return byte_part(true);
    }
  }

  Part group(int depth) {
    ++at_;
    if (next_is("?P<")) {
      at_ += 3;
      const std::size_t close = pattern_.find('>', at_);
      if (close == std::string_view::npos) {
        return refuse("rule-pattern", "a group's name without its '>'");
      }
      ++groups_;
      if (pattern_.substr(at_, close - at_) == "secret") {
        secret_group_ = groups_;
      }
      at_ = close + 1;
    } else if (next_is("?:")) {
      at_ += 2;
    } else if (next_is("?=") || next_is("?!") || next_is("?<") || next_is("?>")) {
      return refuse("rule-pattern", "look-around and atomic groups are not supported");
    } else if (next_is("?")) {
      return flags(depth);
    } else {
      ++groups_;
    }
    return close_group(alternatives(depth + 1));
  }

  Part flags(int depth) {
    for (++at_; more() && peek() != ')' && peek() != ':'; ++at_) {
      if (peek() == 'm') {
        multiline_ = true;
      } else if (peek() != 'i' && peek() != 's') {
        return refuse("rule-pattern", fmt::format("flag '{}', expected i, m or s", peek()));
      }
    }
    if (more() && peek() == ':') {
      ++at_;
      return close_group(alternatives(depth + 1));
    }
    const Part nothing = close_group({});
    // RE2 would repeat what stands before the flags.
    return more() && std::string_view("*+?{").contains(peek()) ? refuse("rule-pattern", "a repeat of nothing")
                                                               : nothing;
  }

  Part close_group(Part part) {
    if (!more()) {
      return refuse("rule-pattern", "a group without its ')'");
    }
    ++at_;
    return part;
  }

  Part escape() {
    ++at_;
    if (!more()) {
      return refuse("rule-pattern", "a '\\' at the end");
    }
    const char kind = peek();
    if (std::string_view("dDwWsS").contains(kind)) {
      ++at_;
      return byte_part(false);
    }
    if (kind == 'b' || kind == 'B') {
      ++at_;
      return {};
    }
    if (kind == 'x') {
      return hex_byte();
    }
    if (std::string_view("nrt").contains(kind) || std::ispunct(static_cast<unsigned char>(kind)) != 0) {
      ++at_;
      return byte_part(true);
    }
    return refuse("rule-pattern", fmt::format("escape '\\{}' is not supported", kind));
  }

  Part hex_byte() {
    for (int digit = 0; digit < 2; ++digit) {
      ++at_;
      if (!more() || std::isxdigit(static_cast<unsigned char>(peek())) == 0) {
        return refuse("rule-pattern", "'\\x' takes two hex digits");
      }
    }
    ++at_;
    return byte_part(true);
  }

  // A class of a few plain bytes still counts as a literal: the engine expands it.
  Part byte_class() {
    const std::size_t from = at_++;
    bool few = true;
    if (more() && peek() == '^') {
      few = false;
      ++at_;
    }
    std::size_t members = 0;
    for (bool first = true; more() && (peek() != ']' || first); first = false, ++members) {
      if (peek() == '\\') {
        if (at_ + 1 < pattern_.size() && std::string_view("dDwWsS").contains(pattern_[at_ + 1])) {
          few = false;
        }
        escape();
      } else if (static_cast<unsigned char>(peek()) >= 0x80) {
        return refuse("rule-pattern", "a byte outside ASCII, write it as \\xHH");
      } else if (next_is("[:")) {
        return refuse("rule-pattern", "named classes are not supported");
      } else {
        few = few && peek() != '-';
        ++at_;
      }
    }
    if (!more()) {
      at_ = from;
      return refuse("rule-pattern", "a class without its ']'");
    }
    ++at_;
    return byte_part(few && members <= k_class_members_max);
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  int groups_ = 0;
  int secret_group_ = 0;
  bool multiline_ = false;
  bool broken_ = false;
  PatternFault fault_;
};

}  // namespace

std::expected<PatternFacts, PatternFault> read_pattern(std::string_view pattern) {
  return Reader(pattern).read();
}

}  // namespace sourceos::redact
