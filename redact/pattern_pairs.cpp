// A row of pieces that each take a byte or more is told piece by piece: what may end all before a
// piece stands beside what may begin all from it on. What may be left out tells nothing itself, but
// its bytes count among the neighbours'. Assertions take no byte and are passed over.
#include "redact/pattern_pairs.hpp"

#include "redact/pattern_tree.hpp"

#include <algorithm>
#include <bit>

namespace sourceos::redact {

namespace {

using Row = PatternPairs::Row;
using Pair = PatternPairs::Pair;

constexpr int k_first_max = 6;           // of more the pair is in every text
constexpr int k_threes_max = 8;          // likewise
constexpr std::size_t k_rows_max = 64;   // of more one is likely there

struct Part {
  TextCodes begin = 0;     // with which it may begin
  TextCodes end = 0;
  bool is_empty = true;    // it may take no byte
  bool is_byte = false;    // it takes just one
  Row row;                 // what it holds when it is not left out
};

// As text_code() folds: every second block of 32 bytes, and every second of those pairs, is the same.
TextCodes codes_of(std::string_view atom) {
  if (atom.size() == 1 && atom != ".") {
    return TextCodes{1} << text_code(atom.front());
  }
  const ByteSet bytes = bytes_of(atom);
  constexpr std::size_t k_block = 32;
  TextCodes codes = 0;
  for (std::size_t block = 0; block < bytes.size() / k_block; ++block) {
    const TextCodes some = ((bytes >> (block * k_block)) & ByteSet(0xFFFFFFFFU)).to_ullong();
    codes |= some << (block & 2) * (k_block / 2);
  }
  return codes;
}

bool tells_nothing(const Row& row) { return row.pairs.empty() && row.threes.empty() && row.choices.empty(); }

void each_code(TextCodes codes, auto&& take) {
  for (; codes != 0; codes &= codes - 1) {
    take(static_cast<std::size_t>(std::countr_zero(codes)));
  }
}

void add_threes(Row& row, TextCodes first, TextCodes second, TextCodes third) {
  const int count = std::popcount(first) * std::popcount(second) * std::popcount(third);
  if (count == 0 || count > k_threes_max) {
    return;
  }
  PatternPairs::Threes threes;
  each_code(first, [&](std::size_t a) {
    each_code(second, [&](std::size_t b) {
      each_code(third, [&](std::size_t c) { threes.push_back(TextPairs::hash_of(a, b, c)); });
    });
  });
  row.threes.push_back(std::move(threes));
}

void add_pair(Row& row, Pair pair) {
  if (std::popcount(pair.first) <= k_first_max && std::ranges::find(row.pairs, pair) == row.pairs.end()) {
    row.pairs.push_back(pair);
  }
}

Part part_of_rows(const std::vector<PieceRow>& rows);

Part part_of_piece(const Piece& piece) {
  Part part;
  if (piece.is_assertion || piece.max == 0) {
    return part;
  }
  if (piece.is_group()) {
    part = part_of_rows(piece.alternatives);
  } else {
    part.begin = part.end = codes_of(piece.atom);
    part.is_empty = false;
    part.is_byte = piece.min == 1 && piece.max == 1;
  }
  if (piece.min > 1 && !part.is_empty) {
    add_pair(part.row, {part.end, part.begin});
  }
  if (piece.min == 0) {
    part.is_empty = true;
    part.row = {};
  }
  return part;
}

void append(Row& row, Row more) {
  for (const Pair& pair : more.pairs) {
    add_pair(row, pair);
  }
  std::ranges::move(more.threes, std::back_inserter(row.threes));
  std::ranges::move(more.choices, std::back_inserter(row.choices));
}

Part part_of_row(const PieceRow& pieces) {
  std::vector<Part> parts;
  for (const Piece& piece : pieces) {
    parts.push_back(part_of_piece(piece));
  }
  std::vector<TextCodes> begins(parts.size() + 1);  // of all from there on; 0: it may be empty
  TextCodes passed = 0;
  for (std::size_t i = parts.size(); i-- > 0;) {
    passed = parts[i].begin | (parts[i].is_empty ? passed : 0);
    const bool may_be_empty = parts[i].is_empty && begins[i + 1] == 0;
    begins[i] = may_be_empty ? 0 : passed;
  }
  Part out;
  out.begin = passed;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!out.is_empty && begins[i] != 0) {
      add_pair(out.row, {out.end, begins[i]});
      if (parts[i].is_byte) {
        add_threes(out.row, out.end, parts[i].begin, begins[i + 1]);
      }
    }
    out.end = parts[i].end | (parts[i].is_empty ? out.end : 0);
    out.is_empty = out.is_empty && parts[i].is_empty;
    append(out.row, std::move(parts[i].row));
  }
  return out;
}

Part part_of_rows(const std::vector<PieceRow>& rows) {
  Part out{.is_empty = false, .row = {}};
  std::vector<Row> choice;
  for (const PieceRow& pieces : rows) {
    Part part = part_of_row(pieces);
    out.begin |= part.begin;
    out.end |= part.end;
    out.is_empty = out.is_empty || part.is_empty;
    choice.push_back(std::move(part.row));
  }
  if (choice.size() == 1) {
    out.row = std::move(choice.front());
  } else if (choice.size() <= k_rows_max && std::ranges::none_of(choice, tells_nothing)) {
    out.row.choices.push_back(std::move(choice));
  }
  return out;
}

bool stands_in(const Pair& pair, const TextPairs& text) {
  for (TextCodes codes = pair.first; codes != 0; codes &= codes - 1) {
    if ((text.behind(static_cast<std::size_t>(std::countr_zero(codes))) & pair.next) != 0) {
      return true;
    }
  }
  return false;
}

bool may_hold(const Row& row, const TextPairs& text) {
  return std::ranges::all_of(row.threes, [&](const auto& threes) {
           return std::ranges::any_of(threes, [&](std::uint16_t hash) { return text.has_three(hash); });
         }) &&
         std::ranges::all_of(row.pairs, [&](const Pair& pair) { return stands_in(pair, text); }) &&
         std::ranges::all_of(row.choices, [&](const std::vector<Row>& choice) {
           return std::ranges::any_of(choice, [&](const Row& one) { return may_hold(one, text); });
         });
}

}  // namespace

void TextPairs::read(std::string_view text) {
  behind_.fill(0);
  threes_.fill(0);
  if (text.size() < 2) {
    return;
  }
  std::size_t first = text_code(text[0]);
  std::size_t second = text_code(text[1]);
  behind_[first] |= TextCodes{1} << second;
  for (const char c : text.substr(2)) {
    const std::size_t third = text_code(c);
    behind_[second] |= TextCodes{1} << third;
    const std::uint16_t hash = hash_of(first, second, third);
    threes_[hash / 64] |= std::uint64_t{1} << hash % 64;
    first = second;
    second = third;
  }
}

PatternPairs::PatternPairs(std::string_view pattern) {
  rows_.push_back(std::move(part_of_rows(read_pieces(pattern)).row));
}

bool PatternPairs::may_match(const TextPairs& text) const { return may_hold(rows_.front(), text); }

}  // namespace sourceos::redact
