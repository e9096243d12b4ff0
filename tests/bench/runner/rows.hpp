// The rows P1 to P14: what is done, by whom, and what is to be reached.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/runner/row.hpp"

namespace sourceos::bench {

struct Bench {
  std::filesystem::path programs;  // build directory: ours and the helpers below tests/bench
  std::filesystem::path suite;     // tests/bench of the sources, where npm put its tools
  std::filesystem::path data;      // input, kept
  std::filesystem::path scratch;   // what rows share, made anew for each call
};

[[nodiscard]] std::vector<Row> redact_rows(const Bench& bench);   // P1 to P4
[[nodiscard]] std::vector<Row> collect_rows(const Bench& bench);  // P5, P6, P10, P11
[[nodiscard]] std::vector<Row> verify_rows(const Bench& bench);   // P7 to P9, P12
[[nodiscard]] std::vector<Row> store_rows(const Bench& bench);    // P13, P14

}  // namespace sourceos::bench
