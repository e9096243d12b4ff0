// The part of Scan that looks at whole lines: those on which runs of token characters stand, values
// that stand twice on one, tokens that a line's end broke, names in the paths of homes.
#include "redact/scan.hpp"

#include "redact/joined_lines.hpp"
#include "redact/secret_value.hpp"
#include "redact/spelled_bytes.hpp"
#include "redact/vocabulary.hpp"

#include <algorithm>

namespace sourceos::redact {

namespace {

constexpr std::uint64_t k_repeat_side_bytes = 2 * 1024;
constexpr std::uint64_t k_line_bytes_max = 1024;
constexpr std::uint64_t k_joined_look_bytes = 10 * 1024;
constexpr std::size_t k_home_name_max = 32;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// What is long and odd enough that it stands nowhere by chance.
bool may_stand_again(std::string_view value) {
  constexpr std::size_t k_mixed_bytes_min = 6;
  constexpr std::size_t k_odd_bytes_min = 8;
  const auto shape = shape_of(value);
  return value.find('\n') == std::string_view::npos && !is_vocabulary(value) &&
         (shape.mixed() ? value.size() >= k_mixed_bytes_min : value.size() >= k_odd_bytes_min && !is_identifier(value));
}

// Then where its places begin depends on where one begins to look.
bool overlaps_itself(std::string_view value) {
  for (std::size_t at = value.find(value.front(), 1); at != std::string_view::npos; at = value.find(value.front(), at + 1)) {
    if (value.starts_with(value.substr(at))) {
      return true;
    }
  }
  return false;
}

}  // namespace

// A secret that was told by its name or place is one at each other place of its line too.
void Scan::mask_repeats(const Span& span, std::string_view value) {
  if (!may_stand_again(value) || span.label >= setup_->rules->rules().size() ||
      is_personal(setup_->rules->rules()[span.label])) {
    return;
  }
  std::uint64_t low = std::max(base_, span.from - std::min(span.from, k_repeat_side_bytes));
  const std::size_t before = bytes(low, span.from).rfind('\n');
  low += before == std::string_view::npos ? 0 : before + 1;
  const std::uint64_t high = std::min(end_of_text(), span.to + k_repeat_side_bytes);
  const std::size_t after = bytes(span.to, high).find('\n');
  const std::string_view line = bytes(low, after == std::string_view::npos ? high : span.to + after);
  const std::uint64_t line_to = low + line.size();
  const bool again = repeated_.label == span.label && repeated_.value == value && repeated_.from <= low && low < repeated_.to;
  std::size_t at = line.find(value);
  while (at != std::string_view::npos) {
    const bool joined = (at > 0 && is_word(line[at - 1]) && is_word(value.front())) ||
                        (at + value.size() < line.size() && is_word(line[at + value.size()]) && is_word(value.back()));
    if (low + at != span.from && !joined) {
      Span other = span;
      other.from = low + at;
      other.to = other.from + value.size();
      add_named(other);
    }
    // But for one at the begin of what is seen, those up to where the same value was looked for stand there.
    const std::size_t seen_to = again ? repeated_.to - low : 0;
    at = line.find(value, std::max(at + value.size(), seen_to - std::min(seen_to, value.size() - 1)));
  }
  if (!overlaps_itself(value)) {
    repeated_ = {std::string(value), span.label, again ? repeated_.from : low, std::max(line_to, again ? repeated_.to : 0)};
  }
}

// `end`: of a run of token characters. Its line is read again with those that go on with it.
void Scan::on_line_end(std::uint64_t end) {
  if (end < joined_to_ || end >= end_of_text() || options_.depth >= limits::k_decode_depth_max ||
      !std::string_view("\n\r=").contains(text_[end - base_])) {
    return;
  }
  const std::uint64_t low = std::max(base_, end - std::min(end, k_line_bytes_max));
  const std::size_t before = bytes(low, end).rfind('\n');
  if (before == std::string_view::npos && low > 0) {
    return;  // too long a line to have been wrapped
  }
  const std::uint64_t begin = before == std::string_view::npos ? low : low + before + 1;
  const std::string_view near = bytes(begin, std::min(end_of_text(), end + k_joined_look_bytes));
  const auto joined = join_lines(near, 0, end - begin);
  if (!joined) {
    return;
  }
  joined_to_ = begin + joined->shadow.source.back().to;
  std::vector<Span> inside = look_inside(joined->shadow.text, begin);
  std::erase_if(inside, [&](const Span& span) {
    if (span.to <= span.from || span.to > joined->shadow.source.size()) {
      return true;
    }
    const std::size_t from = joined->shadow.source[span.from].from;
    return near.substr(from, joined->shadow.source[span.to - 1].to - from).find('\n') == std::string_view::npos;
  });
  if (!inside.empty() && !joined->sure) {
    // What the first line holds whole does not go on.
    const std::vector<Span> alone = look_inside(std::string_view(joined->shadow.text).substr(0, joined->first), begin);
    std::erase_if(inside, [&](const Span& span) {
      return span.from >= joined->first || std::ranges::find(alone, span.from, &Span::from) != alone.end();
    });
  }
  add_mapped(std::move(inside), joined->shadow, begin);
}

// A home of ours that is called `home` itself: what follows it is a file of ours, no other user.
bool Scan::ends_own_home(std::uint64_t end) const {
  for (std::size_t at = 0; setup_->known != nullptr && at < setup_->known->size(); ++at) {
    const KnownValue& known = setup_->known->at(at);
    if (known.own == Own::home && end > base_ + known.value.size() &&
        bytes(end - 1 - known.value.size(), end - 1) == known.value) {
      return true;
    }
  }
  return false;
}

// The name after "/home/" and its like. Our own homes are known values and become $HOME.
void Scan::on_home(std::uint64_t end) {
  if (!setup_->personal_data || ends_own_home(end)) {
    return;
  }
  std::uint64_t to = end;
  while (to < end_of_text() && to - end <= k_home_name_max &&
         (is_word(text_[to - base_]) || std::string_view("-.").contains(text_[to - base_]))) {
    ++to;
  }
  while (to > end && text_[to - base_ - 1] == '.') {
    --to;
  }
  const std::string_view name = bytes(end, to);
  if (name.empty() || name.size() > k_home_name_max || is_vocabulary(name) ||
      name == "Shared" || name == "Public" || name == "linuxbrew") {
    return;
  }
  push({.from = end, .to = to, .label = setup_->rules->label(Own::user)}, name, false,
       Verdict::confirmed);
}

// The lines of runs that end up to `limit`, or what of very long ones can bear on a match. Matches
// that go over lines are near their run.
void Scan::find_runs(Extent where, std::uint64_t limit) {
  const std::uint64_t width = setup_->rules->run_width_max();
  std::erase_if(run_lines_, [&](const Extent& line) { return line.to <= done_; });
  for (const std::uint32_t mark : level_->marks.tokens) {
    const std::uint64_t at = marks_from_ + mark;
    if (at >= limit) {
      break;
    }
    std::uint64_t to = at;
    while (to < where.to && (is_word(text_[to - base_]) || text_[to - base_] == '-')) {
      ++to;
    }
    const std::uint64_t low = std::max(base_, at - std::min(at, width));
    const std::uint64_t high = std::min(end_of_text(), to + width);
    const std::size_t before = bytes(low, at).rfind('\n');
    const std::size_t after = bytes(to, high).find('\n');
    Extent line{before == std::string_view::npos ? low : low + before + 1,
                after == std::string_view::npos ? high : to + after};
    line.from = std::min(line.from, std::max(low, at - std::min<std::uint64_t>(at, k_run_near_bytes)));
    line.to = std::max(line.to, std::min(high, to + k_run_near_bytes));
    if (!run_lines_.empty() && line.from <= run_lines_.back().to) {
      run_lines_.back().to = std::max(run_lines_.back().to, line.to);
    } else {
      run_lines_.push_back(line);
    }
  }
}

// Bytes spelled as numbers, from a little before `at` on: places in what they spell are theirs.
void Scan::on_spelled(std::uint64_t at) {
  constexpr std::uint64_t k_before_bytes = 4 * 1024;
  if (at < spelled_to_ || options_.depth >= limits::k_decode_depth_max) {
    return;
  }
  const std::uint64_t from = std::max({base_, spelled_to_, at - std::min(at, k_before_bytes)});
  const ShadowText spelled = read_spelled(bytes(from, std::min(end_of_text(), at + k_spelled_bytes_max)), at - from);
  if (spelled.text.empty()) {
    return;
  }
  spelled_to_ = from + spelled.source.back().to;
  if (decode_left(at) == 0) {
    mask_undecoded(from + spelled.source.front().from, spelled_to_);
    return;
  }
  add_mapped(look_inside(spelled.text, at), spelled, from);
}

}  // namespace sourceos::redact
