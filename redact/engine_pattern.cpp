#include "redact/engine_pattern.hpp"

#include "redact/pattern_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace sourceos::redact {

namespace {

// A repeat that ends a pattern is cut to its least, and to so many: enough to tell a token of 40
// from one of 64.
constexpr unsigned k_count_max = 64;
constexpr unsigned k_open = k_repeat_open;

using Row = PieceRow;

// Cuts what may vary at the end; nothing is left when all of it may.
void trim(Row& row) {
  while (!row.empty()) {
    Piece& piece = row.back();
    if (piece.is_assertion) {
      // Behind what is cut an assertion would not hold; behind what stays it does.
      const Piece* before = row.size() > 1 ? &row[row.size() - 2] : nullptr;
      if (piece.is_flags() || before == nullptr || (before->is_exact() && !before->is_assertion)) {
        return;
      }
    } else if (piece.min != 0) {
      piece.min = std::min(piece.min, k_count_max);
      piece.max = piece.min;
      for (Row& inner : piece.alternatives) {
        if (piece.max == 1) {
          trim(inner);
        }
      }
      return;
    }
    row.pop_back();
  }
}

std::string spell(const std::vector<Row>& rows);

std::string spell(const Piece& piece) {
  const std::string out =
      piece.is_group() ? piece.atom + spell(piece.alternatives) + ")" : piece.atom;
  if (piece.max == 1 && piece.min == 1) {
    return out;
  }
  if (piece.is_exact()) {
    return out + fmt::format("{{{}}}", piece.min);
  }
  if (piece.max == k_open) {
    return out + fmt::format("{{{},}}", piece.min);
  }
  return out + fmt::format("{{{},{}}}", piece.min, piece.max);
}

std::string spell(const std::vector<Row>& rows) {
  std::string out;
  for (const Row& row : rows) {
    out += &row == &rows.front() ? "" : "|";
    for (const Piece& piece : row) {
      out += spell(piece);
    }
  }
  return out;
}

unsigned least_width(const std::vector<Row>& rows) {
  unsigned least = k_open;
  for (const Row& row : rows) {
    unsigned width = 0;
    for (const Piece& piece : row) {
      const unsigned one = piece.is_assertion ? 0 : piece.is_group() ? least_width(piece.alternatives) : 1;
      width += one * std::min(piece.min, k_count_max);
    }
    least = std::min(least, width);
  }
  return least;
}

}  // namespace

std::string engine_pattern(std::string_view pattern) {
  std::vector<Row> rows = read_pieces(pattern);
  std::vector<Row> trimmed = rows;
  for (Row& row : trimmed) {
    trim(row);
  }
  return spell(least_width(trimmed) == 0 ? rows : trimmed);
}

}  // namespace sourceos::redact
