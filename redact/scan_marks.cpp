// The half of Scan that follows byte marks: encoded runs, addresses, home paths, rules that want
// a token-like run beside them. A mark only says where to look; each thing is then taken from its
// own begin to its own end and looked at once, so that where marks fall does not matter.
#include "redact/scan.hpp"

#include "redact/addresses.hpp"
#include "redact/encodings.hpp"
#include "redact/shadow_text.hpp"
#include "redact/vocabulary.hpp"

#include <algorithm>
#include <array>

namespace sourceos::redact {

namespace {

constexpr std::uint64_t k_mark_overlap = 64;
constexpr std::uint64_t k_context_side_bytes = 512;
constexpr std::size_t k_token_bytes_min = 16;
constexpr std::uint64_t k_shadow_bytes_max = 8 * 1024;
constexpr std::uint64_t k_packed_bytes_max = 48 * 1024;  // of a stream; less than k_look_bytes
// Decoding may make so much of a document's bytes, and so much more of any document (S-14).
constexpr std::uint64_t k_decoded_ratio_max = 32;
constexpr std::uint64_t k_decoded_bytes_min = 16 * 1024 * 1024;

constexpr bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

enum : std::uint8_t { k_base64 = 1, k_token = 2, k_digit = 4, k_letter = 8 };
constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned byte = 0; byte < classes.size(); ++byte) {
    const char c = static_cast<char>(byte);
    classes[byte] = static_cast<std::uint8_t>((is_base64_char(c) ? k_base64 : 0) | (is_token_char(c) ? k_token : 0) |
                                              (c >= '0' && c <= '9' ? k_digit : 0) | (c >= 'A' ? k_letter : 0));
  }
  return classes;
}
constexpr auto k_classes = make_classes();

std::uint8_t class_of(char c) { return k_classes[static_cast<unsigned char>(c)]; }

// A stretch of letters and digits that no word is.
bool has_token(std::string_view run) {
  std::size_t size = 0;
  unsigned seen = 0;
  for (const char c : run) {
    const std::uint8_t klass = class_of(c);
    const bool goes_on = (klass & k_token) != 0;
    size = goes_on ? size + 1 : 0;
    seen = goes_on ? seen | klass : 0;
    if (size >= k_token_bytes_min && (seen & k_digit) != 0 && (seen & k_letter) != 0) {
      return true;
    }
  }
  return false;
}

// Holes of sparse files: what stands behind the last zeros has those to tell of it.
bool is_amid_zeros(std::string_view text) {
  constexpr std::string_view k_zeros("\0\0\0\0", 4);
  return text.starts_with(k_zeros);
}

}  // namespace

void Scan::find_marks_to(std::uint64_t limit) {
  // From a little before, so that what begins there and was not whole is seen again.
  marks_from_ = std::max(base_, marks_to_ - std::min(marks_to_, k_mark_overlap));
  level_->marks.clear();
  const MarkWish wish = setup_->personal_data ? MarkWish::all : MarkWish::encodings;
  find_marks(text_.substr(marks_from_ - base_), 0, limit - marks_from_, wish, level_->marks);
}

void Scan::look_at_marks(std::uint64_t limit) {
  const std::uint64_t from = marks_from_;
  const ByteMarks& marks = level_->marks;
  const auto follow_run = [&] {
    while (run_goes_on_ && run_to_ <= limit) {
      on_run(run_to_);
    }
  };
  follow_run();
  for (const std::uint32_t at : marks.runs) {
    if (from + at >= run_to_) {
      on_run(from + at);
      follow_run();
    }
  }
  for (const std::uint32_t at : marks.dots) {
    on_address(from + at, Own::ip);
  }
  for (const std::uint32_t at : marks.colons) {
    on_address(from + at, Own::mac);
  }
  for (const std::uint32_t at : marks.ats) {
    on_address(from + at, Own::email);
  }
  for (const std::uint32_t at : marks.specials) {
    if (is_amid_zeros(bytes(from + at, end_of_text()))) {
      continue;
    }
    if (from + at >= packed_to_) {
      on_packed(from + at);
    }
    if (from + at >= special_to_) {
      on_special(from + at);
    }
  }
  marks_to_ = limit;
  follow_packed(limit);
}

// A run of the base64 alphabet, from its begin to its end; long ones in parts of fixed size from
// their begin on.
void Scan::on_run(std::uint64_t at) {
  std::uint64_t from = at;
  while (from > base_ && from > run_to_ && (class_of(text_[from - base_ - 1]) & k_base64) != 0) {
    --from;
  }
  const std::uint64_t cap = std::min(end_of_text(), from + limits::k_encoded_run_bytes_max);
  std::uint64_t to = at;
  while (to < cap && (class_of(text_[to - base_]) & k_base64) != 0) {
    ++to;
  }
  const bool cut = to == cap && cap < end_of_text() && is_base64_char(text_[to - base_]);
  const bool part = run_goes_on_ && from == run_to_;
  run_to_ = std::max(to, at + 1);
  run_goes_on_ = cut;
  if (run_undecoded_ && part) {
    push({.from = from, .to = to, .label = setup_->rules->label(Own::undecoded)}, bytes(from, to),
         true, Verdict::confirmed);
    run_undecoded_ = cut;
    return;
  }
  run_undecoded_ = false;
  if (to - from < k_token_bytes_min) {
    return;
  }
  if (has_token(bytes(from, to))) {
    on_context(from, to);
  }
  if (!cut) {
    on_line_end(to);
  }
  if (to - from >= k_run_bytes_min || part) {
    while (!cut && to < end_of_text() && to - from < cap && text_[to - base_] == '=') {
      ++to;
    }
    on_encoded(from, to, cut);
  }
}

void Scan::mask_undecoded(std::uint64_t from, std::uint64_t to) {
  push({.from = from, .to = to, .label = setup_->rules->label(Own::undecoded)}, bytes(from, to),
       true, Verdict::confirmed);
  note_limit("decode");
}

// The whole of what was encoded takes the name of the first of what it held.
void Scan::mask_as(const std::vector<Span>& inside, std::uint64_t from, std::uint64_t to) {
  Span best = *std::ranges::min_element(inside, [](const Span& a, const Span& b) {
    return a.label != b.label ? a.label < b.label : a.from < b.from;
  });
  best.from = from;
  best.to = to;
  best.shape = Shape::plain;
  add_named(best);
}

std::uint64_t Scan::decode_left(std::uint64_t at) const {
  const std::uint64_t most = options_.depth > 0 ? options_.decode_bytes_max
                                                : k_decoded_bytes_min + k_decoded_ratio_max * at;
  return most - std::min(most, decoded_);
}

void Scan::on_encoded(std::uint64_t from, std::uint64_t to, bool cut) {
  if (decode_left(from) == 0) {
    mask_undecoded(from, to);
    return;
  }
  for (const DecodedRun& run : decode_run(bytes(from, to), cut)) {
    if (run.state == Decoded::limit || options_.depth >= limits::k_decode_depth_max) {
      run_undecoded_ = cut;
      mask_undecoded(from, to);
      return;
    }
    if (const std::vector<Span> inside = look_inside(run.bytes, from); !inside.empty()) {
      mask_as(inside, from, to);
      return;
    }
  }
}

std::vector<Span> Scan::look_inside(std::string_view text, std::uint64_t at) {
  decoded_ += text.size();
  Scan scan(*setup_, *worker_,
            {.depth = static_cast<std::uint8_t>(options_.depth + 1), .skip = options_.skip,
             .values = options_.values, .decode_bytes_max = decode_left(at)});
  scan.advance(text, 0, true);
  foreign_ += scan.foreign_;
  decoded_ += scan.decoded_;
  for (const std::string& limit : scan.limits_reached) {
    note_limit(limit);
  }
  return std::move(scan.spans);
}

// A compressed stream among the bytes, as in a rotated log. `at`: a byte of its begin.
void Scan::on_packed(std::uint64_t at) {
  const auto mark = static_cast<unsigned char>(text_[at - base_]);
  const std::uint64_t before = mark == 0xFD ? 3 : 0;  // zstd is told by its fourth byte
  if ((mark != 0xFD && mark != 0x1F) || at < base_ + before) {
    return;
  }
  const std::uint64_t from = at - before;
  const std::uint64_t to = std::min(end_of_text(), from + k_packed_bytes_max);
  if (from < packed_to_ || !is_compressed(bytes(from, to))) {
    return;
  }
  const auto packed = unpack(bytes(from, to));
  if (!packed) {
    return;
  }
  const std::uint64_t end = from + packed->size;
  const bool cut = packed->open && to - from == k_packed_bytes_max;
  const bool limit = packed->state == Decoded::limit || cut || decode_left(from) == 0 ||
                     options_.depth >= limits::k_decode_depth_max;
  if (!limit) {
    if (const std::vector<Span> inside = look_inside(packed->bytes, from); !inside.empty()) {
      mask_as(inside, from, end);
      packed_to_ = end;
    }
    return;
  }
  mask_undecoded(from, end);
  packed_to_ = end;
  packed_open_ = packed->open;
}

// What goes on past what can be seen of it is masked to the document's end.
void Scan::follow_packed(std::uint64_t limit) {
  while (packed_open_ && packed_to_ < limit) {
    const std::uint64_t to = std::min(packed_to_ + k_packed_bytes_max, end_of_text());
    mask_undecoded(packed_to_, to);
    packed_to_ = to;
  }
}

// Rules that only run beside a token: on its line, not too far from it.
void Scan::on_context(std::uint64_t from, std::uint64_t to) {
  const std::uint64_t low = std::max(base_, from - std::min(from, k_context_side_bytes));
  const std::size_t before = bytes(low, from).rfind('\n');
  std::uint64_t begin = before == std::string_view::npos ? low : low + before + 1;
  const std::uint64_t high = std::min(end_of_text(), to + k_context_side_bytes);
  const std::size_t after = bytes(to, high).find('\n');
  const std::uint64_t end = after == std::string_view::npos ? high : to + after;
  begin = std::max(begin, context_to_);
  if (begin >= end) {
    return;
  }
  context_to_ = end;
  std::vector<Event>& events = level_->events[static_cast<std::size_t>(Part::context)];
  events.clear();
  // One byte more on both sides is context for word boundaries.
  const std::uint64_t seen_from = begin - (begin > base_ ? 1 : 0);
  const std::uint64_t seen_to = end + (end < end_of_text() ? 1 : 0);
  const std::string_view seen = bytes(seen_from, seen_to);
  if (setup_->rules->untriggered(Part::context).empty() && !setup_->rules->context_may_hold(seen)) {
    return;
  }
  static_cast<void>(setup_->rules->scan(Part::context, seen, seen_from, begin, worker_->scratch, events));
  run_events(Part::context, begin, end);
}

void Scan::on_address(std::uint64_t at, Own own) {
  std::uint64_t& taken_to = address_to_[own == Own::email ? 0 : own == Own::ip ? 1 : 2];
  if (at < taken_to) {
    return;
  }
  const std::uint64_t low = std::max(base_, at - std::min<std::uint64_t>(at, k_address_bytes_max));
  const std::uint64_t high = std::min(end_of_text(), at + k_address_bytes_max);
  const std::string_view near = bytes(low, high);
  const auto range = find_address(near, at - low, own);
  if (!range) {
    return;
  }
  taken_to = low + range->to;
  push({.from = low + range->from, .to = low + range->to, .label = setup_->rules->label(own)},
       near.substr(range->from, range->to - range->from), false, Verdict::confirmed);
}

// `own` says which kind of mark stands at `at`; it becomes the kind of the address.
std::optional<TextRange> Scan::find_address(std::string_view near, std::size_t at, Own& own) const {
  const bool everything = setup_->private_addresses;
  const auto part = [&](TextRange range) { return near.substr(range.from, range.to - range.from); };
  if (own == Own::email) {
    return email_at(near, at);
  }
  if (own == Own::ip) {
    if (!everything && is_in_private_ipv4(near, at)) {
      return std::nullopt;
    }
    const auto range = ipv4_at(near, at);
    return range && (everything || is_public_ipv4(part(*range))) ? range : std::nullopt;
  }
  if (const auto range = mac_at(near, at)) {
    return is_device_mac(part(*range)) ? range : std::nullopt;
  }
  own = Own::ip;
  const auto range = ipv6_at(near, at);
  return range && (everything || is_public_ipv6(part(*range))) ? range : std::nullopt;
}

// The line that hides something, as it is read: its places are the line's.
void Scan::on_special(std::uint64_t at) {
  if (options_.depth >= limits::k_decode_depth_max || !hides_text(text_, at - base_)) {
    return;
  }
  const auto [from, to] = line_around(at);
  special_to_ = to;
  const ShadowText shadow = make_shadow(bytes(from, to));
  if (!shadow.changed || shadow.text.empty()) {
    return;
  }
  add_mapped(look_inside(shadow.text, from), shadow, from);
}

void Scan::add_mapped(std::vector<Span> inside, const ShadowText& shadow, std::uint64_t from) {
  for (Span& span : inside) {
    if (span.to <= span.from || span.to > shadow.source.size()) {
      continue;
    }
    const std::uint64_t begin = from + shadow.source[span.from].from;
    span.to = from + shadow.source[span.to - 1].to;
    span.from = begin;
    if (span.shape == Shape::plain) {
      span.shape = shadow.shape;
    }
    add_named(span);
  }
}

// The line that holds the byte, with those that `\` joins to it; of a very long line a part, cut
// where the document's offsets say.
Scan::Extent Scan::line_around(std::uint64_t at) const {
  const std::uint64_t low = std::max(base_, at - std::min(at, k_shadow_bytes_max));
  const std::uint64_t high = std::min(end_of_text(), at + k_shadow_bytes_max);
  const std::size_t before = bytes(low, at).rfind('\n');
  std::uint64_t from = low;
  if (before != std::string_view::npos) {
    from = low + before + 1;
  } else if (low > 0) {
    const std::uint64_t grid = at / k_shadow_bytes_max * k_shadow_bytes_max;
    from = std::max(low, grid - std::min(grid, k_shadow_bytes_max / 4));
  }
  std::uint64_t to = at;
  for (;;) {
    const std::size_t after = bytes(to, high).find('\n');
    if (after == std::string_view::npos) {
      return {from, high};
    }
    to += after;
    if (to == base_ || text_[to - base_ - 1] != '\\' || to + 1 >= high) {
      return {from, to};
    }
    ++to;
  }
}

}  // namespace sourceos::redact
