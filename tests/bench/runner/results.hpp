// What was measured: JSON Lines for programs, a table for people.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/runner/measure.hpp"
#include "tests/bench/runner/row.hpp"

namespace sourceos::bench {

// <directory>/<row>.jsonl: a line for each run, each side's summary and each goal.
void write_json_lines(const std::filesystem::path& directory, const Row& row,
                      const std::vector<Series>& all);
[[nodiscard]] std::string table(const Row& row, const std::vector<Series>& all);
// Processor, cores, kernel, load and date: without them figures mean nothing.
[[nodiscard]] std::string machine();

}  // namespace sourceos::bench
