// The part of Scan that follows a rule's trigger: from where its next match may begin, the match,
// whether it is confirmed, and how much of that is done for each part of a document.
#include "redact/scan.hpp"

#include <algorithm>

namespace sourceos::redact {

namespace {

constexpr std::uint64_t k_budget_block_bytes = 16 * 1024;
constexpr std::uint64_t k_line_bytes_max = 16 * 1024;
constexpr std::size_t k_repeats_max = 4096;  // different lines whose repeats are counted
constexpr std::size_t k_findings_max = 10'000;  // of one document

}  // namespace

// A look that finds something leads to a confirmation, so it counts as much as many that do not.
bool Scan::within_budget(std::uint64_t at, bool found) {
  constexpr std::size_t k_found = 16;
  constexpr std::size_t looks_max =
      k_found * limits::k_confirm_windows_per_kib * k_budget_block_bytes / limits::k_kib;
  Budget& budget = budgets_[static_cast<std::size_t>(part_)];
  const std::uint64_t block = at / k_budget_block_bytes;
  if (block != budget.block) {
    budget = {.block = block};
  }
  budget.used += found ? k_found : 1;
  return budget.used <= looks_max;
}

void Scan::try_rule(const TriggeredRule& start, std::uint64_t end) {
  const std::uint32_t index = start.rule;
  const Rule& rule = setup_->rules->rules()[index];
  if (!setup_->rules->enabled(index) || (options_.skip != nullptr && (*options_.skip)[index]) ||
      (rule.kind == RuleKind::finding && !options_.findings)) {
    return;
  }
  std::uint64_t& resume = level_->resume[index];
  const std::uint64_t first = std::max(end - std::min<std::uint64_t>(end, start.reach), base_);
  if (end <= resume || (start.exact && first < resume)) {
    return;
  }
  const std::uint64_t to = std::min(end + rule.width_max, end_of_text());
  for (;;) {
    const std::uint64_t from = std::max(resume, first);
    if (from >= end || (start.exact && from != first)) {
      return;
    }
    Window view;
    Match match;
    const bool found = find_match(start, {from, to}, end, view, match);
    if (!within_budget(end, found)) {
      mask_line(end - 1);
      return;
    }
    if (!found) {
      return;
    }
    if (resume == 0) {
      level_->touched.push_back(index);
    }
    take_match(index, view, match);
  }
}

bool Scan::find_match(const TriggeredRule& start, Extent where, std::uint64_t end, Window& view,
                      Match& match) {
  const Rule& rule = setup_->rules->rules()[start.rule];
  const Matcher& matcher = setup_->rules->matcher(start.rule);
  const auto [from, to] = where;
  const std::uint64_t seen_from = std::max(base_, from - std::min<std::uint64_t>(from, k_rule_before_bytes));
  view = window(seen_from, std::min(to + rule.tail + 1, end_of_text()));
  if (start.exact) {
    return matcher.find_at(view.text, from - view.base, to - view.base, match);
  }
  return matcher.find(view.text, from - view.base, to - view.base, match) &&
         view.base + match.from < end;
}

// Masks the match or not, and says from where its rule goes on.
void Scan::take_match(std::uint32_t index, const Window& view, const Match& match) {
  const Rule& rule = setup_->rules->rules()[index];
  std::uint64_t& resume = level_->resume[index];
  const auto before_from = match.from - std::min<std::size_t>(match.from, k_rule_before_bytes);
  Candidate candidate;
  candidate.before = view.text.substr(before_from, match.from - before_from);
  candidate.match = view.text.substr(match.from, match.to - match.from);
  candidate.after = view.text.substr(match.to, rule.tail);
  candidate.from = match.secret_from - match.from;
  candidate.to = match.secret_to - match.from;
  const std::uint64_t at = view.base + match.from;
  if (rule.kind == RuleKind::finding) {
    add_finding(index, at, candidate.match);
    resume = std::max(view.base + match.to, at + 1);
    return;
  }
  const Confirmed confirmed = confirm(rule, candidate);
  if (!confirmed.masks() || confirmed.to <= confirmed.from) {
    resume = at + 1;
    return;
  }
  Span span{.from = at + confirmed.from, .to = at + confirmed.to, .klass = rule.klass,
            .check = confirmed.by, .label = index};
  span.unsure = confirmed.verdict == Verdict::unsure;
  push(span, bytes(span.from, span.to), rule.format == RuleFormat::issuer, confirmed.verdict);
  resume = std::max(span.to, at + 1);
  for (const Confirmed::Place& more : confirmed.also) {
    if (more.to > more.from) {
      span.from = at + more.from;
      span.to = at + more.to;
      push(span, bytes(span.from, span.to), rule.format == RuleFormat::issuer, confirmed.verdict);
    }
  }
}

// For a rule without triggers: its matches that begin in [after, limit) are searched for, in the
// same order.
void Scan::try_everywhere(std::uint32_t index, std::uint64_t after, std::uint64_t limit) {
  const Rule& rule = setup_->rules->rules()[index];
  std::uint64_t from = std::max(level_->resume[index], after);
  Match match;
  while (from < limit) {
    const std::uint64_t to = std::min(end_of_text(), limit + rule.width_max);
    if (!setup_->rules->matcher(index).find(text_, from - base_, to - base_, match) ||
        base_ + match.from >= limit) {
      return;
    }
    try_rule({index, rule.width_max, false}, base_ + match.from + 1);
    from = std::max(level_->resume[index], base_ + match.from + 1);
  }
}

void Scan::add_finding(std::uint32_t rule, std::uint64_t at, std::string_view match) {
  const std::uint32_t repeat = setup_->rules->rules()[rule].repeat;
  if (repeat > 1) {
    const std::uint64_t key = std::hash<std::string_view>()(match) ^ (std::uint64_t{rule} << 48);
    if (repeats_.size() >= k_repeats_max && !repeats_.contains(key)) {
      return;
    }
    if (++repeats_[key] != repeat) {
      return;
    }
  }
  if (findings_told_ < k_findings_max) {
    ++findings_told_;
    findings.push_back({at, at + match.size(), rule});
  }
}

void Scan::mask_line(std::uint64_t at) {
  if (at < masked_line_to_) {
    return;
  }
  const std::uint64_t low = std::max({base_, masked_line_to_, at - std::min(at, k_line_bytes_max)});
  const std::size_t before = bytes(low, at).rfind('\n');
  const std::uint64_t high = std::min(end_of_text(), at + k_line_bytes_max);
  const std::size_t after = bytes(at, high).find('\n');
  const std::uint64_t from = before == std::string_view::npos ? low : low + before + 1;
  const std::uint64_t to = after == std::string_view::npos ? high : at + after;
  masked_line_to_ = to;
  note_limit("confirm-budget");
  push({.from = from, .to = to, .label = setup_->rules->label(Own::budget)}, bytes(from, to), false,
       Verdict::confirmed);
}

}  // namespace sourceos::redact
