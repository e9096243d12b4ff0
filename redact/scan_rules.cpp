// The part of Scan that follows a rule's trigger: from where its next match may begin, the match,
// whether it is confirmed, and how much of that is done for each part of a document.
#include "redact/scan.hpp"

#include <algorithm>

namespace sourceos::redact {

namespace {

constexpr std::uint64_t k_budget_block_bytes = 16 * 1024;
constexpr std::size_t k_found_looks = 32;  // what one that finds counts
constexpr std::size_t k_looks_max = k_found_looks * limits::k_confirm_windows_per_kib * k_budget_block_bytes / limits::k_kib;
constexpr std::uint64_t k_again_bytes_min = 256;  // of a value that is judged again, and so many
constexpr std::uint64_t k_again_look_bytes = 8;  // more count as a look
constexpr std::uint64_t k_line_bytes_max = 16 * 1024;
constexpr std::size_t k_repeats_max = 4096;  // different lines whose repeats are counted
constexpr std::size_t k_findings_max = 10'000;  // of one document

}  // namespace

// A look that finds something leads to a confirmation, so it counts as much as many that do not. Each
// `password` has a score of rules look: with less, a file of options whose names say so was masked.
bool Scan::within_budget(std::uint64_t at, bool found) {
  Budget& budget = budgets_[static_cast<std::size_t>(part_)];
  const std::uint64_t block = at / k_budget_block_bytes;
  if (block != budget.block) {
    budget = {.block = block};
  }
  budget.used += found ? k_found_looks : 1;
  return budget.used <= k_looks_max;
}

bool Scan::is_spent(std::uint64_t at) const {
  const Budget& budget = budgets_[static_cast<std::size_t>(part_)];
  return at / k_budget_block_bytes == budget.block && budget.used > k_looks_max;
}

void Scan::try_rule(const TriggeredRule& start, std::uint64_t end) {
  const std::uint32_t index = start.rule;
  const Rule& rule = setup_->rules->rules()[index];
  if (!setup_->rules->enabled(index) || (options_.skip != nullptr && (*options_.skip)[index]) ||
      (rule.kind == RuleKind::finding && !options_.findings)) {
    return;
  }
  const std::uint64_t& resume = level_->progress[index].resume;
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
    if (is_spent(end)) {
      mask_line(end - 1);
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
    take_match(index, view, match);
  }
}

bool Scan::find_match(const TriggeredRule& start, Extent where, std::uint64_t end, Window& view,
                      Match& match) {
  if (!start.exact) {
    return find_ahead(start, where, end, view, match);
  }
  const Rule& rule = setup_->rules->rules()[start.rule];
  const auto [from, to] = where;
  const std::uint64_t seen_from = std::max(base_, from - std::min<std::uint64_t>(from, k_rule_before_bytes));
  view = window(seen_from, std::min(to + rule.tail + 1, end_of_text()));
  if (view.text.data() == text_.data() && !may_match(start.rule, on_its_line(rule, where, end), end)) {
    return false;
  }
  return setup_->rules->matcher(start.rule).find_at(view.text, from - view.base, to - view.base, match);
}

// A match that goes over no line's end lies on the line of its trigger.
Scan::Extent Scan::on_its_line(const Rule& rule, Extent where, std::uint64_t end) const {
  if (rule.newline) {
    return where;
  }
  const std::size_t before = where.from < end ? bytes(where.from, end).rfind('\n') : std::string_view::npos;
  const std::size_t after = bytes(end, where.to).find('\n');
  return {before == std::string_view::npos ? where.from : where.from + before + 1,
          after == std::string_view::npos ? where.to : end + after};
}

// Many rules share triggers, so the pairs are read of more than one asks for: of what stands on the line
// near the trigger.
bool Scan::may_match(std::uint32_t rule, Extent where, std::uint64_t end) {
  constexpr std::uint64_t k_side_bytes = 512;
  Worker::Asked& asked = worker_->asked[rule];
  if (!asked.pays()) {
    return true;
  }
  const bool newline = setup_->rules->rules()[rule].newline;
  Worker::SeenPairs& seen = newline ? level_->window : level_->line;
  if (where.from < seen.from || where.to > seen.to) {
    if (!newline) {
      const Extent line = on_its_line(setup_->rules->rules()[rule], {std::max(base_, end - std::min(end, k_side_bytes)),
                                                                    std::min(end + k_side_bytes, end_of_text())}, end);
      where = {std::min(where.from, line.from), std::max(where.to, line.to)};
    }
    seen.from = where.from;
    seen.to = where.to;
    seen.pairs.read(bytes(where.from, where.to));
  }
  const bool may = setup_->rules->matcher(rule).may_match(seen.pairs);
  ++asked.times;
  asked.refused += may ? 0U : 1U;
  return may;
}

// Searches from where it is not known already that none begins. Triggers that follow each other
// closely would search the same bytes again and again, so then it looks further at once: up to a
// match's width before what was searched none begins either. Placeholders look other in each window, so
// nothing is concluded from a window that has one.
bool Scan::find_ahead(const TriggeredRule& start, Extent where, std::uint64_t end, Window& view, Match& match) {
  constexpr std::uint64_t k_ahead_bytes = limits::k_kib;
  const Rule& rule = setup_->rules->rules()[start.rule];
  Worker::Progress& progress = touch(start.rule);
  where = on_its_line(rule, where, end);
  const bool known = progress.clean_from <= where.from && where.from <= progress.clean_to;
  const std::uint64_t from = known ? progress.clean_to : where.from;
  if (from >= end) {
    return false;
  }
  const std::uint64_t seen_from = std::max(base_, from - std::min<std::uint64_t>(from, k_rule_before_bytes));
  const auto look_to = [&](std::uint64_t to) {
    view = window(seen_from, std::min(to + rule.tail + 1, end_of_text()));
    return view.text.data() == text_.data();
  };
  const bool whole_line = where.to < end_of_text() && text_[where.to - base_] == '\n' && !rule.newline;
  std::uint64_t to = std::min(where.to + (known && !whole_line ? k_ahead_bytes : 0), end_of_text());
  bool plain = look_to(to);
  if (!plain && to != where.to) {
    to = where.to;
    plain = look_to(to);
  }
  const bool found = (!plain || may_match(start.rule, {from, to}, end)) &&
                     setup_->rules->matcher(start.rule).find(view.text, from - view.base, to - view.base, match);
  if (found && view.base + match.from < end) {
    return true;
  }
  if (plain) {
    progress.clean_from = known ? progress.clean_from : from;
    progress.clean_to = found        ? view.base + match.from
                        : whole_line ? to
                                     : std::max(end, to - std::min<std::uint64_t>(to, rule.width_max));
  }
  return false;
}

Worker::Progress& Scan::touch(std::uint32_t rule) {
  Worker::Progress& progress = level_->progress[rule];
  if (progress.resume == 0 && progress.clean_to == 0) {
    level_->touched.push_back(rule);
  }
  return progress;
}

// Masks the match or not, and says from where its rule goes on.
void Scan::take_match(std::uint32_t index, const Window& view, const Match& match) {
  const Rule& rule = setup_->rules->rules()[index];
  Worker::Progress& progress = touch(index);
  std::uint64_t& resume = progress.resume;
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
  if (rule.check == Check::spelled) {
    on_spelled(at + candidate.from);
    resume = std::max(spelled_to_, at + 1);
    return;
  }
  const Confirmed confirmed = confirm(rule, candidate);
  // `key=key=key=...`: each value holds all that follow.
  const std::uint64_t judged_to = at + confirmed.judged_to;
  const std::uint64_t again = std::max(std::min(progress.judged_to, judged_to), at) - at;
  budgets_[static_cast<std::size_t>(part_)].used += (again - std::min(again, k_again_bytes_min)) / k_again_look_bytes;
  progress.judged_to = std::max(progress.judged_to, judged_to);
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
  std::uint64_t from = std::max(level_->progress[index].resume, after);
  Match match;
  while (from < limit) {
    const std::uint64_t to = std::min(end_of_text(), limit + rule.width_max);
    if (!setup_->rules->matcher(index).find(text_, from - base_, to - base_, match) ||
        base_ + match.from >= limit) {
      return;
    }
    try_rule({index, rule.width_max, false}, base_ + match.from + 1);
    from = std::max(level_->progress[index].resume, base_ + match.from + 1);
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
