// bench: measures ours beside others, row by row (rows_*.cpp).
//
//   bench --programs DIR --suite DIR [--only P1,P5] [--runs N] [--shrink N]
//
// --programs is the build directory, --suite the folder tests/bench; results go to <build>/bench.
// --shrink divides all sizes, to try the benchmark itself. Ends with 1 when one of our own sides
// could not be measured.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/runner/results.hpp"
#include "tests/bench/runner/rows.hpp"

namespace {

using namespace sourceos::bench;
namespace fs = std::filesystem;

std::map<std::string, std::string> options_of(int argc, char** argv) {
  std::map<std::string, std::string> options;
  for (int i = 1; i + 1 < argc; i += 2) {
    options[argv[i]] = argv[i + 1];
  }
  return options;
}

std::uint64_t number_of(const std::map<std::string, std::string>& options, const std::string& name,
                        std::uint64_t otherwise) {
  const auto found = options.find(name);
  if (found == options.end()) {
    return otherwise;
  }
  std::uint64_t value = 0;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    std::fprintf(stderr, "bench: %s wants a number\n", name.c_str());
    std::exit(2);
  }
  return value;
}

bool is_wanted(const std::string& row, const std::string& only) {
  return only.empty() || ("," + only + ",").find("," + row + ",") != std::string::npos;
}

std::vector<Row> all_rows(const Bench& bench) {
  std::vector<Row> rows;
  for (auto* family : {redact_rows, collect_rows, verify_rows, store_rows}) {
    std::vector<Row> some = family(bench);
    std::move(some.begin(), some.end(), std::back_inserter(rows));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::stoi(a.name.substr(1)) < std::stoi(b.name.substr(1));
  });
  return rows;
}

// What is built with us must run; a peer that fails only leaves its place in the table empty.
bool ours_ran(const Row& row, const std::vector<Series>& all) {
  return std::ranges::none_of(row.sides, [&](const Side& side) {
    return side.needs.empty() && std::ranges::any_of(all, [&](const Series& series) {
             return series.side == side.name && !series.trouble.empty();
           });
  });
}

}  // namespace

int main(int argc, char** argv) {
  auto options = options_of(argc, argv);
  if (!options.contains("--programs") || !options.contains("--suite")) {
    std::fputs("usage: bench --programs DIR --suite DIR [--only P1,P5] [--runs N] [--shrink N]\n",
               stderr);
    return 2;
  }
  const fs::path programs = fs::absolute(options["--programs"]);
  const fs::path work = programs / "bench-work";
  const Bench bench{programs, fs::absolute(options["--suite"]), programs / "bench-input",
                    work / "shared"};
  const Settings settings{work, number_of(options, "--runs", 0), number_of(options, "--shrink", 1)};
  fs::remove_all(work);
  fs::create_directories(work);
  const std::string where = machine() + "\n\n";
  std::fputs(where.c_str(), stdout);
  std::ofstream tables(programs / "bench-table.txt", std::ios::binary);
  tables << where;
  bool is_whole = true;
  for (const Row& row : all_rows(bench)) {
    if (!is_wanted(row.name, options["--only"])) {
      continue;
    }
    const std::vector<Series> all = measure(row, settings);
    write_json_lines(programs, row, all);
    const std::string text = table(row, all);
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
    tables << text << std::flush;
    is_whole = ours_ran(row, all) && is_whole;
  }
  fs::remove_all(work);
  return is_whole ? 0 : 1;
}
