// Runs a row: one warm-up, then ours and the others in turn (A B A B), in fresh directories.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/runner/row.hpp"

namespace sourceos::bench {

struct Run {
  double seconds = 0;  // the row's time: of the process or its inner part
  Usage usage;
  std::uint64_t inner_bytes = 0;
  std::uint64_t disk_bytes = 0;
};

struct Series {
  std::string side;
  std::uint64_t size = 0;
  bool missing = false;   // not installed
  std::string trouble = {};  // why there are no runs: the end of its standard error
  std::vector<Run> runs;
};

struct Settings {
  std::filesystem::path work;
  std::size_t runs = 0;      // 0: what each row asks for
  std::uint64_t shrink = 1;  // sizes are divided by it, for trying things out
};

[[nodiscard]] std::vector<Series> measure(const Row& row, const Settings& settings);

[[nodiscard]] double median(std::vector<double> values);
[[nodiscard]] double median_seconds(const Series& series);
[[nodiscard]] double least_seconds(const Series& series);

}  // namespace sourceos::bench
