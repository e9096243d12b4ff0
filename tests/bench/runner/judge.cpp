#include "tests/bench/runner/judge.hpp"

#include <algorithm>

namespace sourceos::bench {

namespace {

using Amount = double (*)(const Run&);

double seconds_of(const Run& run) { return run.seconds; }
double disk_of(const Run& run) { return static_cast<double>(run.disk_bytes); }
double peak_of(const Run& run) { return static_cast<double>(run.usage.peak_kib) / 1024; }

double ratio_of(const Series& ours, const Series& other, Amount amount) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(ours.runs.size(), other.runs.size()); ++i) {
    if (amount(other.runs[i]) > 0) {
      ratios.push_back(amount(ours.runs[i]) / amount(other.runs[i]));
    }
  }
  return median(std::move(ratios));
}

double median_of(const Series& series, Amount amount) {
  std::vector<double> values;
  for (const Run& run : series.runs) {
    values.push_back(amount(run));
  }
  return median(std::move(values));
}

double rate_of(const Series& series) {
  // An inner part says how many bytes it went through; else it is the size.
  const double inner = static_cast<double>(series.runs.front().inner_bytes);
  const double amount = inner > 0 ? inner : static_cast<double>(series.size);
  return amount / median_seconds(series);
}

std::optional<double> value_of(const Goal& goal, const Row& row, const std::vector<Series>& all) {
  const bool is_ratio = goal.measure == Measure::ratio || goal.measure == Measure::disk_ratio;
  if (is_ratio) {
    const Series* peer = find(all, goal.peer);
    const std::string& name = goal.side.empty() ? row.sides.front().name : goal.side;
    const Series* ours = peer == nullptr ? nullptr : find(all, name, peer->size);
    if (ours == nullptr || ours->runs.empty() || peer->runs.empty()) {
      return std::nullopt;
    }
    return ratio_of(*ours, *peer, goal.measure == Measure::ratio ? seconds_of : disk_of);
  }
  const Series* series = find(all, goal.side.empty() ? row.sides.front().name : goal.side);
  if (series == nullptr || series->runs.empty()) {
    return std::nullopt;
  }
  switch (goal.measure) {
    case Measure::rate:
      return rate_of(*series);
    case Measure::peak_mib:
      return median_of(*series, peak_of);
    case Measure::disk_mib:
      return median_of(*series, disk_of) / (1024 * 1024);
    default:
      return median_seconds(*series);
  }
}

}  // namespace

double pair_ratio(const Series& ours, const Series& other) {
  return ratio_of(ours, other, seconds_of);
}

const Series* find(const std::vector<Series>& all, const std::string& side) {
  const auto found = std::find_if(all.rbegin(), all.rend(),
                                  [&](const Series& series) { return series.side == side; });
  return found == all.rend() ? nullptr : &*found;
}

const Series* find(const std::vector<Series>& all, const std::string& side, std::uint64_t size) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Series& series) {
    return series.side == side && series.size == size;
  });
  return found == all.end() ? nullptr : &*found;
}

Judged judge(const Goal& goal, const Row& row, const std::vector<Series>& all) {
  Judged judged;
  judged.value = value_of(goal, row, all);
  judged.is_met = judged.value && (goal.sense == Sense::at_most ? *judged.value <= goal.bound
                                                                : *judged.value >= goal.bound);
  return judged;
}

}  // namespace sourceos::bench
