// Whether a row reached its goals.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/bench/runner/measure.hpp"
#include "tests/bench/runner/row.hpp"

namespace sourceos::bench {

struct Judged {
  std::optional<double> value;  // nothing: the peer is missing
  bool is_met = false;
};

[[nodiscard]] Judged judge(const Goal& goal, const Row& row, const std::vector<Series>& all);

// Our time by that of `other`, pair by pair; the median. 0: there are no pairs.
[[nodiscard]] double pair_ratio(const Series& ours, const Series& other);
// The series of a side at the largest size that it ran at.
[[nodiscard]] const Series* find(const std::vector<Series>& all, const std::string& side);
[[nodiscard]] const Series* find(const std::vector<Series>& all, const std::string& side,
                                 std::uint64_t size);

}  // namespace sourceos::bench
