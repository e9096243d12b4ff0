// Why the result depends on the document alone. The engine reports every end of every match, so
// the first event past `resume` belongs to the leftmost match from there: it begins no earlier
// than the event's end less the rule's widest match, and a search in that window finds what a
// search of the whole document would. Events are taken in order of (end, trigger), windows are
// counted against a budget of their 16 KiB part of the document, and no clock is asked.
#include "redact/scan.hpp"

#include "redact/key_block.hpp"
#include "redact/placeholder.hpp"

#include <algorithm>

namespace sourceos::redact {

namespace {

constexpr std::uint64_t k_step_bytes = 512 * 1024;  // what one engine call takes: stays in cache
constexpr std::uint64_t k_budget_block_bytes = 16 * 1024;
constexpr std::uint64_t k_line_bytes_max = 16 * 1024;
constexpr std::size_t k_repeats_max = 4096;  // different lines whose repeats are counted
constexpr std::size_t k_findings_max = 10'000;  // of one document
constexpr double k_guessable_bits = 64;  // S-16

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

bool ScanSetup::name_span(Span& span, std::string_view value, bool issuer) const {
  const bool guessable = !issuer && estimated_bits(value) < k_guessable_bits;
  span.tag = pseudonyms->tag(value, guessable ? TagScope::bundle : TagScope::configured);
  span.tagged = !(guessable && hostile);
  if (allowed_tags == nullptr || allowed_tags->empty()) {
    return true;
  }
  const std::string_view tag(span.tag.data(), span.tag.size());
  return std::ranges::find(*allowed_tags, tag) == allowed_tags->end();
}

Worker::Worker(const ScanSetup& setup) {
  static_cast<void>(setup.rules->fit(scratch));  // scan() says so when it does not fit
  if (setup.known != nullptr && setup.known->engine() != nullptr) {
    static_cast<void>(scratch.fit(*setup.known->engine()));
  }
  for (Level& level : levels) {
    level.resume.assign(setup.rules->rules().size(), 0);
  }
}

Scan::Scan(const ScanSetup& setup, Worker& worker, ScanOptions options)
    : setup_(&setup), worker_(&worker), level_(&worker.levels[options.depth]), options_(options) {}

Scan::~Scan() {
  for (const std::uint32_t rule : level_->touched) {
    level_->resume[rule] = 0;
  }
  level_->touched.clear();
}

void Scan::note_limit(std::string_view name) {
  if (std::ranges::find(limits_reached, name) == limits_reached.end()) {
    limits_reached.emplace_back(name);
  }
}

std::uint64_t Scan::needed_from() const {
  return done_ - std::min(done_, k_look_bytes);
}

void Scan::advance(std::string_view text, std::uint64_t base, bool final) {
  text_ = text;
  base_ = base;
  const std::uint64_t end = end_of_text();
  const std::uint64_t limit = final ? end : end - std::min(end, k_look_bytes);
  while (done_ < limit && step(std::min(limit, done_ + k_step_bytes), end)) {
  }
  settled_ = final ? end : done_ - std::min(done_, k_look_bytes);
}

// Looks at the events in (done_, limit]; false when it could not go on.
bool Scan::step(std::uint64_t limit, std::uint64_t end) {
  const std::uint64_t width = setup_->rules->width_max();
  const std::uint64_t from = std::max(base_, done_ - std::min(done_, width));
  const std::uint64_t upto = std::min(end, limit + width);
  std::vector<Event>& events = level_->events;
  if (!scan_part(Part::always, from, upto, limit)) {
    push({.from = done_, .to = limit, .label = setup_->rules->label(Own::budget)}, "", false,
         Verdict::confirmed);
    note_limit("engine");
    done_ = limit;
    return true;
  }
  find_placeholders();
  run_events(Part::always, done_, limit);
  if (options_.findings) {
    std::uint64_t findings_to = limit;
    while (done_ < findings_to && scan_part(Part::findings, from, limit, findings_to)) {
      run_events(Part::findings, done_, findings_to);
      break;
    }
  }
  while (key_rest_ != 0 && key_rest_ <= limit) {
    const KeyBlock block = continue_key_block(text_, key_rest_ - base_);
    key_rest_ = 0;
    add_key_block(base_ + block.from, base_ + block.to, block.cut, block.body);
  }
  if (setup_->known != nullptr && !setup_->known->empty()) {
    events.clear();
    const std::uint64_t known_from =
        std::max(base_, done_ - std::min<std::uint64_t>(done_, setup_->known->width_max()));
    setup_->known->scan(bytes(known_from, limit), known_from, done_, worker_->scratch, events);
    for (const Event& event : events) {
      on_known(event);
    }
  }
  look_at_marks(limit);
  done_ = limit;
  const auto stale = [&](const Placeholder& p) { return p.to + 2 * k_look_bytes < done_; };
  while (!placeholders_.empty() && stale(placeholders_.front())) {
    placeholders_.erase(placeholders_.begin());
  }
  return true;
}

// Events past done_ in order; `limit` moves down when there are too many.
bool Scan::scan_part(Part part, std::uint64_t from, std::uint64_t upto, std::uint64_t& limit) {
  std::vector<Event>& events = level_->events;
  events.clear();
  const auto scanned =
      setup_->rules->scan(part, bytes(from, upto), from, done_, worker_->scratch, events);
  if (!scanned.ok) {
    return false;
  }
  limit = std::min(limit, std::max(scanned.upto, done_ + 1));
  return true;
}

void Scan::run_events(Part part, std::uint64_t after, std::uint64_t limit) {
  const std::vector<Trigger>& triggers = setup_->rules->triggers(part);
  for (const Event& event : level_->events) {
    if (event.end > after && event.end <= limit) {
      on_event(triggers[event.pattern], event.end);
    }
  }
  for (const std::uint32_t rule : setup_->rules->untriggered(part)) {
    try_everywhere(rule, after, limit);
  }
}

void Scan::find_placeholders() {
  for (const Event& event : level_->events) {
    const Trigger& trigger = setup_->rules->triggers(Part::always)[event.pattern];
    const std::uint64_t from = event.end - std::min<std::uint64_t>(event.end, k_placeholder_begin.size());
    if (trigger.kind != Trigger::Kind::placeholder || event.end <= placeholders_to_) {
      continue;
    }
    placeholders_to_ = event.end;
    const std::size_t length = placeholder_length(text_.substr(from - base_));
    if (length != 0) {
      placeholders_.push_back({from, from + length});
      ++foreign_;
    }
  }
}

void Scan::on_event(const Trigger& trigger, std::uint64_t end) {
  switch (trigger.kind) {
    case Trigger::Kind::rules:
      for (const std::uint32_t rule : trigger.rules) {
        try_rule(rule, end);
      }
      return;
    case Trigger::Kind::key_block: on_key_block(end); return;
    case Trigger::Kind::home: on_home(end); return;
    case Trigger::Kind::placeholder: return;
  }
}

bool Scan::within_budget(std::uint64_t at) {
  constexpr std::size_t windows_max =
      limits::k_confirm_windows_per_kib * k_budget_block_bytes / limits::k_kib;
  const std::uint64_t block = at / k_budget_block_bytes;
  if (block != budget_block_) {
    budget_block_ = block;
    budget_used_ = 0;
  }
  return ++budget_used_ <= windows_max;
}

Scan::Window Scan::window(std::uint64_t from, std::uint64_t to) {
  const auto meets = [&](const Placeholder& p) { return p.from < to && p.to > from; };
  if (placeholders_.empty() || std::ranges::none_of(placeholders_, meets)) {
    return {text_, base_};
  }
  level_->neutral.assign(bytes(from, to));
  for (const Placeholder& p : placeholders_) {
    if (p.from >= from && p.to <= to) {
      neutralise_placeholder(level_->neutral.data() + (p.from - from), p.to - p.from);
    }
  }
  return {level_->neutral, from};
}

void Scan::try_rule(std::uint32_t index, std::uint64_t end) {
  const Rule& rule = setup_->rules->rules()[index];
  if (!setup_->rules->enabled(index) || (options_.skip != nullptr && (*options_.skip)[index]) ||
      (rule.kind == RuleKind::finding && !options_.findings)) {
    return;
  }
  std::uint64_t& resume = level_->resume[index];
  if (end <= resume) {
    return;
  }
  if (resume == 0) {
    level_->touched.push_back(index);
  }
  const std::uint64_t width = rule.width_max;
  const std::uint64_t to = std::min(end + width, end_of_text());
  for (;;) {
    const std::uint64_t from = std::max({resume, end - std::min(end, width), base_});
    if (from >= end) {
      return;
    }
    if (!within_budget(end)) {
      mask_line(end - 1);
      return;
    }
    const std::uint64_t seen_from = std::max(base_, from - std::min<std::uint64_t>(from, k_rule_before_bytes));
    const Window view = window(seen_from, std::min(to + rule.tail + 1, end_of_text()));
    Match match;
    if (!setup_->rules->matcher(index).find(view.text, from - view.base, to - view.base, match) ||
        view.base + match.from >= end) {
      return;
    }
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
      continue;
    }
    const Confirmed confirmed = confirm(rule, candidate);
    if (!confirmed.masks() || confirmed.to <= confirmed.from) {
      resume = at + 1;
      continue;
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
    try_rule(index, base_ + match.from + 1);
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

void Scan::on_key_block(std::uint64_t end) {
  // The triggers' lengths differ; the begin is the last of their first characters.
  const std::uint64_t low = std::max(base_, end - std::min<std::uint64_t>(end, 20));
  const std::string_view near = bytes(low, end);
  std::size_t begin = near.rfind("PuTTY-User");
  if (begin == std::string_view::npos) {
    begin = near.rfind("-----BEGIN ");
  }
  if (begin == std::string_view::npos) {
    begin = near.rfind("---- BEGIN ");
  }
  if (begin == std::string_view::npos || low + begin < key_block_to_) {
    return;
  }
  if (const auto block = read_key_block(text_, low + begin - base_)) {
    add_key_block(base_ + block->from, base_ + block->to, block->cut, block->body);
  }
}

void Scan::add_key_block(std::uint64_t from, std::uint64_t to, bool cut, std::string_view body) {
  if (to <= from) {
    return;
  }
  key_block_to_ = to;
  key_rest_ = cut ? to : 0;
  push({.from = from, .to = to, .label = setup_->rules->label(Own::key_block)}, body, true,
       Verdict::checked);
}

void Scan::on_known(const Event& event) {
  const KnownValue& known = setup_->known->at(event.pattern);
  const std::uint64_t from = event.end - known.value.size();
  const bool joined_before = from > base_ && is_word(text_[from - base_ - 1]);
  const bool joined_after = event.end < end_of_text() && is_word(text_[event.end - base_]);
  if ((known.word_begin && joined_before) || (known.word_end && joined_after)) {
    return;
  }
  Span span{.from = from + known.before, .to = event.end - known.after, .klass = known.klass,
            .label = setup_->rules->label(known.own)};
  if (known.own == Own::home) {
    span.shape = Shape::home;
  }
  const std::string_view value = known.value;
  push(span, value.substr(known.before, span.to - span.from), known.issuer, Verdict::confirmed);
}

void Scan::push(Span span, std::string_view value, bool issuer, Verdict verdict) {
  if (options_.skip != nullptr && (*options_.skip)[span.label]) {
    return;
  }
  if (span.klass.empty()) {
    span.klass = setup_->rules->labels()[span.label].klass;
  }
  span.depth = std::max(span.depth, options_.depth);
  uncovered(span.from, span.to, [&](std::uint64_t from, std::uint64_t to) {
    Span part = span;
    part.from = from;
    part.to = to;
    const bool whole = from == span.from && to == span.to;
    const std::string_view text = whole ? value : bytes(from, to);
    if (!setup_->name_span(part, text, issuer)) {
      return;
    }
    if (options_.values != nullptr) {
      (*options_.values)(part, text, verdict);
    }
    spans.push_back(part);
    mask_repeats(part, text);
  });
}

void Scan::add_named(const Span& span) {
  if (options_.skip != nullptr && (*options_.skip)[span.label]) {
    return;
  }
  uncovered(span.from, span.to, [&](std::uint64_t from, std::uint64_t to) {
    spans.push_back(span);
    spans.back().from = from;
    spans.back().to = to;
  });
}

// What the input has masked already stays as it is.
template <class Take>
void Scan::uncovered(std::uint64_t from, std::uint64_t to, Take take) const {
  for (const Placeholder& p : placeholders_) {
    if (p.to <= from || p.from >= to) {
      continue;
    }
    if (p.from > from) {
      take(from, p.from);
    }
    from = p.to;
  }
  if (from < to) {
    take(from, to);
  }
}

}  // namespace sourceos::redact
