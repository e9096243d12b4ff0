// Why the result depends on the document alone. Every match of a rule holds one of its triggers: the
// end of its pattern or an anchor. So the first trigger past `resume` belongs to the leftmost match
// from there: it begins no earlier than the trigger's end less its reach, and a search in that window
// finds what a search of the whole document would. Which lines hold a long run is a matter of the
// document too. Each part's events are taken in order of (end, trigger), windows are counted against
// a budget of their 16 KiB part of the document, and no clock is asked.
#include "redact/scan.hpp"

#include "redact/key_block.hpp"
#include "redact/placeholder.hpp"

#include <algorithm>

namespace sourceos::redact {

namespace {

constexpr std::uint64_t k_step_bytes = 512 * 1024;  // what one engine call takes: stays in cache
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
  asked.resize(setup.rules->rules().size());
  for (Level& level : levels) {
    level.progress.resize(setup.rules->rules().size());
  }
}

Scan::Scan(const ScanSetup& setup, Worker& worker, ScanOptions options)
    : setup_(&setup), worker_(&worker), level_(&worker.levels[options.depth]), options_(options) {
  level_->line.to = level_->window.to = 0;
  level_->events[static_cast<std::size_t>(Part::anchors)].clear();
}

Scan::~Scan() {
  for (const std::uint32_t rule : level_->touched) {
    level_->progress[rule] = {};
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
  while (done_ < limit) {
    step(std::min(limit, done_ + k_step_bytes), end);
  }
  settled_ = final ? end : done_ - std::min(done_, k_look_bytes);
}

// Looks at the events in (done_, limit].
void Scan::step(std::uint64_t limit, std::uint64_t end) {
  const std::uint64_t width = setup_->rules->width_max();
  const Extent where{std::max(base_, done_ - std::min(done_, width)), std::min(end, limit + width)};
  bool ok = collect_anchors(where, limit) && collect(Part::always, where, limit);
  if (ok) {
    collect_known(limit);
    find_marks_to(limit);
    const std::uint64_t before = limit;
    ok = collect_runs(where, limit);
    if (limit != before) {
      find_marks_to(limit);
    }
  }
  if (!ok) {
    push({.from = done_, .to = limit, .label = setup_->rules->label(Own::budget)}, "", false,
         Verdict::confirmed);
    note_limit("engine");
    done_ = marks_to_ = limit;
    return;
  }
  find_placeholders();
  for (const Part part : {Part::anchors, Part::runs, Part::always}) {
    run_events(part, done_, limit);
  }
  while (key_rest_ != 0 && key_rest_ <= limit) {
    const KeyBlock block = continue_key_block(text_, key_rest_ - base_);
    key_rest_ = 0;
    add_key_block(base_ + block.from, base_ + block.to, block.cut, block.body);
  }
  for (const Event& event : level_->known) {
    if (event.end <= limit) {
      on_known(event);
    }
  }
  look_at_marks(limit);
  done_ = limit;
  const auto stale = [&](const Placeholder& p) { return p.to + 2 * k_look_bytes < done_; };
  while (!placeholders_.empty() && stale(placeholders_.front())) {
    placeholders_.erase(placeholders_.begin());
  }
}

bool Scan::collect(Part part, Extent where, std::uint64_t& limit) {
  std::vector<Event>& events = level_->events[static_cast<std::size_t>(part)];
  events.clear();
  if (!setup_->rules->has(part)) {
    return true;
  }
  const auto scanned = setup_->rules->scan(part, bytes(where.from, where.to), where.from, done_,
                                           worker_->scratch, events);
  limit = std::min(limit, std::max(scanned.upto, done_ + 1));
  return scanned.ok;
}

// Those past `limit` tell of placeholders; they are kept for the next step. An anchor that ends with all
// that is there is not known to be one: what follows may belong to its word.
bool Scan::collect_anchors(Extent where, std::uint64_t& limit) {
  std::vector<Event>& events = level_->events[static_cast<std::size_t>(Part::anchors)];
  std::erase_if(events, [&](const Event& event) { return event.end <= done_ || event.end > anchors_to_; });
  const std::uint64_t after = std::max(done_, anchors_to_);
  const std::uint64_t from = std::max(base_, after - std::min(after, setup_->rules->anchor_width_max() + 1));
  const auto scanned = setup_->rules->scan(Part::anchors, bytes(from, where.to), from, after, worker_->scratch, events);
  anchors_to_ = std::max(after, std::min(scanned.upto, where.to - 1));
  limit = std::min(limit, std::max(scanned.upto, done_ + 1));
  return scanned.ok;
}

// Only on the lines of runs. A byte more on both sides is context for word boundaries.
bool Scan::collect_runs(Extent where, std::uint64_t& limit) {
  std::vector<Event>& events = level_->events[static_cast<std::size_t>(Part::runs)];
  events.clear();
  if (!setup_->rules->has(Part::runs)) {
    return true;
  }
  find_runs(where, limit);
  for (const Extent& line : run_lines_) {
    const std::uint64_t from = std::max(where.from, line.from - (line.from > where.from ? 1 : 0));
    const std::uint64_t to = std::min(where.to, line.to + 1);
    if (from >= to || events.size() > k_events_max) {
      limit = from < to ? std::min(limit, std::max(line.from, done_ + 1)) : limit;
      continue;
    }
    const auto scanned =
        setup_->rules->scan(Part::runs, bytes(from, to), from, done_, worker_->scratch, events);
    if (!scanned.ok) {
      return false;
    }
    if (scanned.upto < to) {
      limit = std::min(limit, std::max(scanned.upto, done_ + 1));
    }
  }
  if (!std::ranges::is_sorted(events)) {
    std::ranges::sort(events);
  }
  return true;
}

void Scan::collect_known(std::uint64_t& limit) {
  level_->known.clear();
  if (setup_->known == nullptr || setup_->known->empty()) {
    return;
  }
  const std::uint64_t width = setup_->known->width_max();
  const std::uint64_t from = std::max(base_, done_ - std::min(done_, width));
  const auto scanned = setup_->known->scan(bytes(from, limit), from, done_, level_->known);
  limit = std::min(limit, std::max(scanned.upto, done_ + 1));
}

void Scan::run_events(Part part, std::uint64_t after, std::uint64_t limit) {
  part_ = part;
  const std::vector<Trigger>& triggers = setup_->rules->triggers(part);
  for (const Event& event : level_->events[static_cast<std::size_t>(part)]) {
    if (event.end > after && event.end <= limit) {
      on_event(triggers[event.pattern], event.end);
    }
  }
  for (const std::uint32_t rule : setup_->rules->untriggered(part)) {
    try_everywhere(rule, after, limit);
  }
}

void Scan::find_placeholders() {
  for (const Event& event : level_->events[static_cast<std::size_t>(Part::anchors)]) {
    const Trigger& trigger = setup_->rules->triggers(Part::anchors)[event.pattern];
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
      for (const TriggeredRule& rule : trigger.rules) {
        try_rule(rule, end);
      }
      return;
    case Trigger::Kind::key_block: on_key_block(end); return;
    case Trigger::Kind::home: on_home(end); return;
    case Trigger::Kind::placeholder: return;
  }
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
