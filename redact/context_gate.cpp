#include "redact/context_gate.hpp"

#include "redact/pattern_needs.hpp"
#include "redact/pattern_tree.hpp"
#include "redact/ruleset_parts.hpp"

#include <algorithm>
#include <array>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_run_min = 24;  // shorter ones stand on most lines that are asked about

enum : std::uint8_t { k_base64 = 1, k_word = 2, k_token = 4 };
constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 0; c < 256; ++c) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    const bool token = word || c == '-';
    const bool base64 = token || c == '+' || c == '/';
    classes[c] = static_cast<std::uint8_t>((word ? k_word : 0) | (token ? k_token : 0) | (base64 ? k_base64 : 0));
  }
  return classes;
}
constexpr auto k_classes = make_classes();

// `^...$` behind flags: with (?m) a line.
bool is_whole_line(std::string_view pattern) {
  const std::vector<PieceRow> rows = read_pieces(pattern);
  if (rows.size() != 1 || rows.front().empty()) {
    return false;
  }
  const PieceRow& row = rows.front();
  const auto first = std::ranges::find(row, false, &Piece::is_flags);
  return first != row.end() && first->atom == "^" && row.back().atom == "$";
}

}  // namespace

ContextGate::ContextGate(std::span<const Rule> rules) {
  std::set<std::string> begins;
  for (const Rule& rule : rules) {
    if (part_of(rule) == Part::context) {
      add(rule, begins);
    }
  }
  begins_ = WordBegins(begins);
}

void ContextGate::add(const Rule& rule, std::set<std::string>& begins) {
  const PatternRuns runs = runs_of(rule.pattern);
  if (runs.token >= k_run_min) {
    token_run_ = std::min(token_run_, runs.token);
  } else if (runs.base64 >= k_run_min) {
    base64_run_ = std::min(base64_run_, runs.base64);
  } else if (is_whole_line(rule.pattern)) {
    line_ = std::max<std::size_t>(line_, rule.width_max);
  } else if (auto more = word_begins_of(rule.pattern)) {
    begins.merge(*more);
  } else {
    always_ = true;
  }
}

bool ContextGate::may_hold(std::string_view text) const {
  if (always_ || text.size() <= line_ + 2) {
    return true;
  }
  std::size_t base64_run = 0;
  std::size_t token_run = 0;
  std::uint8_t before = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::uint8_t klass = k_classes[static_cast<unsigned char>(text[i])];
    base64_run = (klass & k_base64) != 0 ? base64_run + 1 : 0;
    token_run = (klass & k_token) != 0 ? token_run + 1 : 0;
    const bool begins = (klass & ~before & k_word) != 0;
    if (token_run >= token_run_ || base64_run >= base64_run_ || (begins && begins_.has(text.substr(i)))) {
      return true;
    }
    before = klass;
  }
  return false;
}

}  // namespace sourceos::redact
