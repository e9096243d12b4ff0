// Both answers are sums over the pattern's tree. Of runs each part tells the longest it is sure to
// hold, and those at its begin and end, which join with its neighbours'. Of anchors each part tells
// all texts it can be, when those are few; a row joins them from left to right until they get too
// many, and keeps the cheapest set that it met: a match holds one of each set.
#include "redact/pattern_needs.hpp"

#include "redact/pattern_tree.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_texts_max = 128;   // of one part
constexpr std::size_t k_text_bytes_max = 16;
constexpr std::size_t k_class_bytes_max = 6;
constexpr std::size_t k_anchor_bytes_min = 2;
constexpr char16_t k_boundary = 0x100;     // `\b` among the bytes of a text
constexpr char16_t k_cut = 0x101;          // ends a text that goes on in a way not told

using Text = std::u16string;

bool is_word(char16_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

ByteSet make_set(std::string_view more) {
  ByteSet set;
  for (unsigned c = 0; c < 128; ++c) {
    set[c] = is_word(static_cast<char16_t>(c)) || more.find(static_cast<char>(c)) != std::string_view::npos;
  }
  return set;
}

// --- runs

struct Run {
  bool whole = true;  // every text of the part is one run
  std::uint64_t size = 0, head = 0, tail = 0, best = 0;
};

Run join(const Run& left, const Run& right) {
  Run out;
  out.whole = left.whole && right.whole;
  out.size = left.size + right.size;
  out.head = left.whole ? left.size + right.head : left.head;
  out.tail = right.whole ? right.size + left.tail : right.tail;
  out.best = std::max({left.best, right.best, left.tail + right.head});
  return out;
}

Run either(const Run& left, const Run& right) {
  return {left.whole && right.whole, std::min(left.size, right.size), std::min(left.head, right.head),
          std::min(left.tail, right.tail), std::min(left.best, right.best)};
}

Run repeat(const Run& run, unsigned least) {
  if (least == 0) {
    return {.whole = run.whole};
  }
  if (run.whole) {
    const std::uint64_t size = run.size * least;
    return {true, size, size, size, size};
  }
  return least == 1 ? run : join(run, run);
}

Run run_of(const std::vector<PieceRow>& rows, const ByteSet& members);

Run run_of(const Piece& piece, const ByteSet& members) {
  if (piece.is_assertion) {
    return {};
  }
  if (piece.is_group()) {
    return repeat(run_of(piece.alternatives, members), piece.min);
  }
  const bool inside = (bytes_of(piece.atom) & ~members).none();
  return repeat(inside ? Run{true, 1, 1, 1, 1} : Run{.whole = false, .size = 1}, piece.min);
}

Run run_of(const std::vector<PieceRow>& rows, const ByteSet& members) {
  std::optional<Run> all;
  for (const PieceRow& row : rows) {
    Run run;
    for (const Piece& piece : row) {
      run = join(run, run_of(piece, members));
    }
    all = all ? either(*all, run) : run;
  }
  return all.value_or(Run{});
}

// --- anchors

struct Range {
  std::uint64_t min = 0, max = 0;
};

struct Cover {
  std::vector<Anchor> anchors;
  double cost = 1e9;
};

struct Share {
  Range width;
  std::vector<Text> texts{{}};       // each thing it can be begins with one of these
  std::optional<Cover> cover;        // what it is sure to hold
};

const std::vector<Text> k_anything{Text(1, k_cut)};

bool is_cut(const Text& text) { return !text.empty() && text.back() == k_cut; }

Anchor anchor_of(Text text, Range at) {
  Anchor anchor;
  std::erase(text, k_cut);
  const bool begins = !text.empty() && text.front() == k_boundary;
  const bool ends = !text.empty() && text.back() == k_boundary;
  std::erase(text, k_boundary);
  for (const char16_t c : text) {
    anchor.bytes += static_cast<char>(c);
  }
  anchor.word_begin = begins && !text.empty() && is_word(text.front());
  anchor.word_end = ends && !text.empty() && is_word(text.back());
  anchor.offset_min = static_cast<std::uint32_t>(at.min);
  anchor.offset_max = static_cast<std::uint32_t>(at.max);
  return anchor;
}

double cost_of(const Anchor& anchor) {
  constexpr double k_boundary_share = 0.3;
  return commonness(anchor.bytes) * (anchor.word_begin ? k_boundary_share : 1) *
         (anchor.word_end ? k_boundary_share : 1);
}

std::optional<Cover> cover_of(const std::vector<Text>& texts, Range at) {
  constexpr double k_each = 3e-6;  // many are worse than few
  Cover cover{{}, 0};
  for (const Text& text : texts) {
    Anchor anchor = anchor_of(text, at);
    if (anchor.bytes.size() < k_anchor_bytes_min) {
      return std::nullopt;
    }
    cover.cost += cost_of(anchor) + k_each;
    cover.anchors.push_back(std::move(anchor));
  }
  return cover;
}

void take_cheaper(std::optional<Cover>& best, std::optional<Cover> other) {
  if (other && (!best || other->cost < best->cost)) {
    best = std::move(other);
  }
}

void keep_once(std::vector<Text>& texts) {
  std::ranges::sort(texts);
  texts.erase(std::ranges::unique(texts).begin(), texts.end());
}

// Every text of one followed by every text of the other, long ones cut; nothing when they are too
// many.
std::optional<std::vector<Text>> product(const std::vector<Text>& left, const std::vector<Text>& right) {
  std::vector<Text> out;
  for (const Text& begin : left) {
    if (is_cut(begin)) {
      out.push_back(begin);
      continue;
    }
    for (const Text& end : right) {
      Text text = begin + end;
      if (text.size() > k_text_bytes_max) {
        text.resize(k_text_bytes_max);
        text.back() = k_cut;
      }
      out.push_back(std::move(text));
    }
    if (out.size() > 4 * k_texts_max) {
      return std::nullopt;
    }
  }
  keep_once(out);
  return out.size() <= k_texts_max ? std::optional(std::move(out)) : std::nullopt;
}

Share part_of_rows(const std::vector<PieceRow>& rows);

Share part_of_atom(std::string_view atom) {
  Share part{.width = {1, 1}, .texts = {}, .cover = std::nullopt};
  const ByteSet bytes = bytes_of(atom);
  if (bytes.count() > 2 * k_class_bytes_max) {  // too many also when letters are told without their case
    part.texts = k_anything;
    return part;
  }
  for (unsigned c = 0; c < 256; ++c) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (bytes[c]) {
      part.texts.emplace_back(1, static_cast<char16_t>(upper ? c + 32 : c));
    }
  }
  keep_once(part.texts);
  if (part.texts.size() > k_class_bytes_max) {
    part.texts = k_anything;
  }
  return part;
}

Share part_of_piece(const Piece& piece) {
  if (piece.is_assertion) {
    Share part;
    if (piece.atom == "\\b") {
      part.texts = {Text(1, k_boundary)};
    }
    return part;
  }
  Share one = piece.is_group() ? part_of_rows(piece.alternatives) : part_of_atom(piece.atom);
  Share part{.width = {one.width.min * piece.min, one.width.max * piece.max},
             .texts = {},
             .cover = std::nullopt};
  if (piece.min > 0) {
    part.cover = one.cover;  // the first time round
  }
  // All numbers of times from least to most; of many texts, and after so many times, the rest is
  // not told.
  const unsigned times_max = one.texts.size() > 2 ? std::max(piece.min, 1U) : 4;
  std::vector<Text> times{{}};
  for (unsigned count = 0;; ++count) {
    if (count >= piece.min) {
      part.texts.insert(part.texts.end(), times.begin(), times.end());
    }
    if (count == piece.max) {
      break;
    }
    auto more = count < times_max ? product(times, one.texts) : std::nullopt;
    if (!more || part.texts.size() + more->size() > k_texts_max) {
      for (const Text& text : times) {
        std::erase(part.texts, text);
        part.texts.push_back(is_cut(text) ? text : text + k_cut);
      }
      break;
    }
    times = std::move(*more);
  }
  keep_once(part.texts);
  return part;
}

// Joins the pieces from `first` on, as far as they can be told together, and takes the cheapest set
// of texts on the way. What all of it begins with.
std::vector<Text> join_from(const std::vector<Share>& pieces, std::size_t first, Range begin,
                            std::optional<Cover>& best) {
  std::vector<Text> now{{}};
  for (const Share& piece : std::span(pieces).subspan(first)) {
    auto joined = product(now, piece.texts);
    if (!joined) {
      for (Text& text : now) {
        text += is_cut(text) ? Text() : Text(1, k_cut);
      }
      return now;
    }
    take_cheaper(best, cover_of(*joined, begin));
    now = std::move(*joined);
    if (std::ranges::all_of(now, is_cut)) {
      return now;
    }
  }
  return now;
}

Share part_of_row(const PieceRow& row) {
  std::vector<Share> pieces;
  for (const Piece& piece : row) {
    pieces.push_back(part_of_piece(piece));
  }
  Share out;
  out.texts = join_from(pieces, 0, {}, out.cover);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].cover) {
      Cover moved = *pieces[i].cover;
      for (Anchor& anchor : moved.anchors) {
        anchor.offset_min += static_cast<std::uint32_t>(out.width.min);
        anchor.offset_max += static_cast<std::uint32_t>(out.width.max);
      }
      take_cheaper(out.cover, std::move(moved));
    }
    join_from(pieces, i, out.width, out.cover);
    out.width.min += pieces[i].width.min;
    out.width.max += pieces[i].width.max;
  }
  return out;
}

Share part_of_rows(const std::vector<PieceRow>& rows) {
  Share out = part_of_row(rows.front());
  for (const PieceRow& row : std::span(rows).subspan(1)) {
    Share next = part_of_row(row);
    out.width = {std::min(out.width.min, next.width.min), std::max(out.width.max, next.width.max)};
    out.texts.insert(out.texts.end(), next.texts.begin(), next.texts.end());
    if (out.cover && next.cover) {
      out.cover->anchors.insert(out.cover->anchors.end(), next.cover->anchors.begin(),
                                next.cover->anchors.end());
      out.cover->cost += next.cover->cost;
    } else {
      out.cover.reset();
    }
  }
  keep_once(out.texts);
  if (out.texts.size() > k_texts_max) {
    out.texts = k_anything;
  }
  return out;
}

bool may_hold_newline(const std::vector<PieceRow>& rows) {
  return std::ranges::any_of(rows, [](const PieceRow& row) {
    return std::ranges::any_of(row, [](const Piece& piece) {
      return piece.is_group() ? may_hold_newline(piece.alternatives)
                              : !piece.is_assertion && bytes_of(piece.atom)['\n'];
    });
  });
}

// One that holds another adds nothing, when the other may stand wherever it does.
void drop_covered(std::vector<Anchor>& anchors) {
  std::ranges::sort(anchors);
  anchors.erase(std::ranges::unique(anchors).begin(), anchors.end());
  const auto covered = [&](const Anchor& longer) {
    return std::ranges::any_of(anchors, [&](const Anchor& other) {
      return other.bytes.size() < longer.bytes.size() && !other.word_begin && !other.word_end &&
             longer.bytes.starts_with(other.bytes) && other.offset_min == longer.offset_min &&
             other.offset_max == longer.offset_max;
    });
  };
  std::vector<Anchor> kept;
  std::ranges::copy_if(anchors, std::back_inserter(kept), [&](const Anchor& k) { return !covered(k); });
  anchors = std::move(kept);
}

}  // namespace

double commonness(std::string_view literal) {
  // Lines as programs write them: what stands in here is common.
  static constexpr std::string_view k_ordinary =
      "2026-01-25 10:25:00.465 [info] main: server started, listening on http://host:8080/path/to/file\n"
      "connection from 10.0.0.1:587 to host closed by remote host; user=app session opened for user root\n"
      "https://example.com/api/v1/users/profile/domain?id=1 status=200 method=get request_id=ab connected\n"
      "error: unable to connect to the database server, authentication failed; retry attempt; heap size, hash shard\n"
      "warning: configuration value of security option is set in config code, process exited with code 1\n"
      "uid=0 euid=0 tty=ssh logname= ruser= rhost=net key: name, client connect site package uri url\n"
      "kernel: cpu0 usb pci memory device driver initialized; task scheduler network interface account\n"
      "{\"event\":\"job.done\",\"queue\":\"default\",\"items\":[1,2],\"ok\":true}, {\"k\": \"v\", \"n\": 10:18:54}\n"
      "path=/usr/share/lib message send received event queue response time input host service account\n";
  static constexpr std::string_view k_often = "etaoinsr";
  static constexpr std::string_view k_seldom = "qxzjkvwy";
  constexpr double k_common = 2e-4;
  double share = 0;
  for (std::size_t at = 0; literal.size() > 1 && (at = k_ordinary.find(literal, at)) != std::string_view::npos; ++at) {
    share += k_common;
  }
  double letters = 1;
  for (const char c : literal) {
    if (c == ' ') {
      letters *= 0.12;
    } else if (c >= 'a' && c <= 'z') {
      letters *= k_often.find(c) != std::string_view::npos ? 0.06 : k_seldom.find(c) != std::string_view::npos ? 0.008 : 0.025;
    } else if (c >= '0' && c <= '9') {
      letters *= 0.03;
    } else {
      letters *= std::string_view(".:-/_=\"").find(c) != std::string_view::npos ? 0.02 : 0.002;
    }
  }
  return share + letters;
}

PatternNeeds needs_of(std::string_view pattern) {
  static const ByteSet k_token = make_set("-");
  const std::vector<PieceRow> rows = read_pieces(pattern);
  PatternNeeds needs;
  needs.token_run = static_cast<std::uint32_t>(run_of(rows, k_token).best);
  needs.newline = may_hold_newline(rows);
  Share whole = part_of_rows(rows);
  take_cheaper(whole.cover, cover_of(whole.texts, {}));
  if (whole.cover) {
    needs.anchors = std::move(whole.cover->anchors);
    needs.anchor_cost = whole.cover->cost;
    drop_covered(needs.anchors);
  }
  return needs;
}

PatternRuns runs_of(std::string_view pattern) {
  static const ByteSet k_token = make_set("-");
  static const ByteSet k_base64 = make_set("-+/");
  const std::vector<PieceRow> rows = read_pieces(pattern);
  return {run_of(rows, k_token).best, run_of(rows, k_base64).best};
}

}  // namespace sourceos::redact
