#include "redact/rewrite.hpp"

#include "redact/newlines.hpp"
#include "redact/placeholder.hpp"

#include <algorithm>
#include <map>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_excerpt_side_bytes = 120;

// Of two that share a place: a whole private key, then the innermost value, then precedence,
// then the wider one.
bool names_better(const Span& a, std::uint64_t a_size, const Span& b, std::uint64_t b_size,
                  std::uint32_t key_block) {
  if ((a.label == key_block) != (b.label == key_block)) {
    return a.label == key_block;
  }
  if (a.depth != b.depth) {
    return a.depth > b.depth;
  }
  if (a.label != b.label) {
    return a.label < b.label;
  }
  return a_size > b_size;
}

}  // namespace

void Rewriter::copy_to(std::string_view text, std::uint64_t base, std::uint64_t upto) {
  if (!wants_bytes_) {
    pass_to(text, base, upto);
  }
  if (upto > cursor_) {
    out_.append(text.data() + (cursor_ - base), upto - cursor_);
    cursor_ = upto;
  }
}

// Writes what excerpts show of the bytes up to there and passes over the rest, all but the last: a
// later excerpt may begin there.
void Rewriter::pass_to(std::string_view text, std::uint64_t base, std::uint64_t upto) {
  std::uint64_t shown_to = out_end();
  for (const auto& [items, cut] : {std::pair(&findings_, findings_cut_), {&hits_, hits_cut_}}) {
    for (std::size_t at = cut; at < items->size(); ++at) {
      shown_to = std::max(shown_to, (*items)[at].to + k_excerpt_side_bytes);
    }
  }
  const std::uint64_t shown = shown_to - out_end();
  if (upto < cursor_ + shown + 2 * k_excerpt_side_bytes) {
    return;
  }
  out_.append(text.data() + (cursor_ - base), shown);
  cursor_ += shown;
  cut_excerpts(false);
  count_lines_out(out_end());
  count_lines(text, base, cursor_);
  const std::uint64_t lines_before = lines_in_;
  const std::uint64_t passed = upto - k_excerpt_side_bytes - cursor_;
  cursor_ += passed;
  count_lines(text, base, cursor_);
  lines_out_ += lines_in_ - lines_before;
  lines_out_to_ += passed;
  out_base_ = lines_out_to_;
  out_.clear();
}

// Counts the lines of the output up to there, which out_ holds.
void Rewriter::count_lines_out(std::uint64_t upto) {
  if (upto > lines_out_to_) {
    lines_out_ += count_newlines(std::string_view(out_).substr(lines_out_to_ - out_base_, upto - lines_out_to_));
    lines_out_to_ = upto;
  }
}

void Rewriter::mark_findings(std::uint64_t upto) {
  // Findings that begin before `upto`: their place in the output is known now.
  std::size_t taken = 0;
  for (; taken < waiting_.size() && waiting_[taken].from < upto; ++taken) {
    const FindingSpan& finding = waiting_[taken];
    Excerpted cut;
    cut.from = out_end();
    cut.to = cut.from + (finding.to - finding.from);
    cut.label = finding.label;
    findings_.push_back(std::move(cut));
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken));
}

void Rewriter::close() {
  const std::uint64_t from = out_end();
  append_placeholder(out_, place_);
  cursor_ = place_.to;
  open_ = false;
  ++counts_[place_.label];
  const auto klass = std::ranges::find(classes_, place_.klass,
                                       &std::pair<std::string_view, std::uint64_t>::first);
  if (klass == classes_.end()) {
    classes_.emplace_back(place_.klass, 1);
  } else {
    ++klass->second;
  }
  if (!wants_hits_) {
    return;
  }
  const Label& label = rules_->labels()[place_.label];
  Excerpted cut;
  cut.from = from;
  cut.to = out_end();
  cut.label = place_.label;
  Hit& hit = cut.hit;
  hit.rule = label.id;
  hit.klass = place_.klass;
  hit.check = place_.check;
  if (place_.tagged && place_.shape != Shape::home) {
    hit.tag.assign(place_.tag.data(), place_.tag.size());
  }
  hit.severity = label.severity;
  hit.found = place_.depth > 0 && label.found == Found::rule ? Found::encoded : label.found;
  hit.tier = label.tier;
  hit.unsure = place_.unsure;
  hit.from = place_.from;
  hit.to = place_.to;
  hit.masked_size = cut.to - cut.from;
  hit.line = lines_in_;
  hit.column = place_.from - line_begin_in_ - continued_in_ + 1;
  hits_.push_back(std::move(cut));
}

void Rewriter::count_lines(std::string_view text, std::uint64_t base, std::uint64_t upto) {
  if (lines_in_to_ >= upto) {
    return;
  }
  const std::string_view fresh = text.substr(lines_in_to_ - base, upto - lines_in_to_);
  lines_in_ += count_newlines(fresh);
  const std::size_t last = fresh.rfind('\n');
  if (last != std::string_view::npos) {
    line_begin_in_ = lines_in_to_ + last + 1;
    continued_in_ = 0;
  }
  if (wants_hits_) {
    continued_in_ += static_cast<std::uint64_t>(
        std::ranges::count_if(fresh.substr(last == std::string_view::npos ? 0 : last + 1),
                              [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }));
  }
  lines_in_to_ = upto;
}

void Rewriter::fit_bare_value(Span& span) const {
  const auto found = std::ranges::upper_bound(bare_values, span.from, {}, &BareValue::from);
  if (found != bare_values.begin() && span.from < std::prev(found)->to) {
    span.from = std::prev(found)->from;
    span.to = std::max<std::uint64_t>(span.to, std::prev(found)->to);
    span.shape = Shape::quoted;
  }
}

void Rewriter::write(std::string_view text, std::uint64_t base, std::uint64_t settled, bool final,
                     std::vector<Span>& spans, std::vector<FindingSpan>& findings) {
  if (!bare_values.empty()) {
    std::ranges::for_each(spans, [this](Span& span) { fit_bare_value(span); });
  }
  std::ranges::stable_sort(spans, {}, &Span::from);
  waiting_.insert(waiting_.end(), findings.begin(), findings.end());
  findings.clear();
  std::ranges::stable_sort(waiting_, [](const FindingSpan& a, const FindingSpan& b) {
    return a.from != b.from ? a.from < b.from : a.label < b.label;
  });
  const std::uint64_t end = final ? base + text.size() : settled;
  // Copies up to `upto`, stopping where findings begin to note their place in the output.
  const auto advance = [&](std::uint64_t upto) {
    while (!waiting_.empty() && waiting_.front().from < upto) {
      copy_to(text, base, std::max(waiting_.front().from, cursor_));
      mark_findings(waiting_.front().from + 1);
    }
    copy_to(text, base, upto);
  };
  std::size_t taken = 0;
  for (; taken < spans.size() && (final || spans[taken].from < settled); ++taken) {
    const Span& span = spans[taken];
    if (open_ && span.from < place_.to) {
      const std::uint64_t from = place_.from;
      const std::uint64_t to = std::max(place_.to, span.to);
      if (names_better(span, span.to - span.from, place_, best_size_,
                       rules_->label(Own::key_block))) {
        best_size_ = span.to - span.from;
        place_ = span;
      }
      place_.from = from;
      place_.to = to;
      continue;
    }
    if (open_) {
      advance(cursor_);
      close();
    }
    advance(span.from);
    if (wants_hits_) {
      count_lines(text, base, span.from);
    }
    place_ = span;
    best_size_ = span.to - span.from;
    open_ = true;
  }
  spans.erase(spans.begin(), spans.begin() + static_cast<std::ptrdiff_t>(taken));
  if (open_ && (final || place_.to <= end)) {
    close();
  }
  if (!open_) {
    advance(std::max(end, cursor_));
    if (final) {
      mark_findings(~std::uint64_t{0});
    }
  }
  if (wants_hits_) {
    count_lines(text, base, std::max(lines_in_to_, std::min(cursor_, base + text.size())));
  }
  cut_excerpts(final);
}

void Rewriter::cut_excerpts(bool final) {
  const auto cut = [&](Excerpted& item) {
    const std::uint64_t here_to = std::min(std::max(item.to, item.from), out_end());
    const std::size_t from = item.from - out_base_;
    const std::size_t to = here_to - out_base_;
    const std::size_t newline_after = out_.find('\n', std::max(to, from + 1) - 1);
    if (!final && newline_after == std::string::npos &&
        out_.size() < to + k_excerpt_side_bytes) {
      return false;
    }
    std::size_t begin = from - std::min(from, k_excerpt_side_bytes);
    const std::size_t newline = from == 0 ? std::string::npos : out_.rfind('\n', from - 1);
    if (newline != std::string::npos && newline >= begin) {
      begin = newline + 1;
    }
    std::size_t end = std::min(out_.size(), to + k_excerpt_side_bytes);
    end = std::min(end, newline_after);
    end = std::min(end, begin + 3 * k_excerpt_side_bytes);
    item.excerpt = out_.substr(begin, end - begin);
    return true;
  };
  while (findings_cut_ < findings_.size()) {
    Excerpted& finding = findings_[findings_cut_];
    count_lines_out(finding.from);
    finding.line = lines_out_;
    if (!cut(finding)) {
      return;
    }
    ++findings_cut_;
  }
  while (hits_cut_ < hits_.size() && cut(hits_[hits_cut_])) {
    ++hits_cut_;
  }
}

void Rewriter::take_out() {
  std::uint64_t keep = out_end() - std::min<std::uint64_t>(out_.size(), k_excerpt_side_bytes);
  for (const auto& [items, cut] : {std::pair(&findings_, findings_cut_), {&hits_, hits_cut_}}) {
    if (cut < items->size()) {
      const std::uint64_t from = (*items)[cut].from;
      keep = std::min(keep, from - std::min<std::uint64_t>(from - out_base_, k_excerpt_side_bytes));
    }
  }
  count_lines_out(keep);
  out_.erase(0, keep - out_base_);
  out_base_ = keep;
  fresh_ = out_.size();
}

std::vector<Excerpted> Rewriter::take_hits() {
  std::vector<Excerpted> taken(std::move_iterator(hits_.begin()),
                               std::move_iterator(hits_.begin() + static_cast<std::ptrdiff_t>(hits_cut_)));
  hits_.erase(hits_.begin(), hits_.begin() + static_cast<std::ptrdiff_t>(hits_cut_));
  hits_cut_ = 0;
  return taken;
}

void Rewriter::fill(bundle::RedactionRecord& record) const {
  std::map<std::string, std::uint64_t> rules;
  const std::uint32_t known = rules_->label(Own::known);
  for (std::uint32_t label = 0; label < counts_.size(); ++label) {
    if (counts_[label] == 0) {
      continue;
    }
    if (label == known) {
      record.known += counts_[label];
    } else {
      rules[rules_->labels()[label].id] += counts_[label];
    }
  }
  for (const auto& [name, value] : rules) {
    record.rules.push_back({name, value});
  }
  std::map<std::string_view, std::uint64_t> classes(classes_.begin(), classes_.end());
  for (const auto& [name, value] : classes) {
    record.classes.push_back({std::string(name), value});
  }
}

}  // namespace sourceos::redact
