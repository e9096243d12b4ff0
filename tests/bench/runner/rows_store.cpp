// P13, P14: what grows with the number of bundles and of entries.
#include <fmt/format.h>

#include "tests/bench/runner/rows.hpp"
#include "tests/bench/runner/sides.hpp"

namespace sourceos::bench {

namespace {

namespace fs = std::filesystem;

// A store of that many bundles, shared by the sides; input() gives its account.
std::function<fs::path(std::uint64_t)> a_full_store(const Bench& bench) {
  return [&bench](std::uint64_t bundles) {
    const fs::path home = bench.scratch / fmt::format("store-of-{}", bundles);
    first_use(bench, home);
    must_run(helper(bench, home, "bench_store", {"fill", store_of(home), std::to_string(bundles)}),
             home);
    return home;
  };
}

Row p13(const Bench& bench) {
  Side append;
  append.name = "append a bundle";
  append.clock = Clock::inner;
  append.every_size = true;
  append.command = [&bench](const Place& place) {
    return helper(bench, place.input, "bench_store", {"append", store_of(place.input), "1"});
  };
  Side list;
  list.name = "evidence list, last 20";
  list.every_size = true;
  list.command = [&bench](const Place& place) {
    return ours_with_store(bench, place.input, {"evidence", "list"});
  };
  Side proof;
  proof.name = "evidence log proof";
  proof.every_size = true;
  proof.command = [&bench](const Place& place) {
    return ours_with_store(bench, place.input,
                           {"evidence", "log", "proof", std::to_string(place.size / 3)});
  };
  return {.name = "P13",
          .title = "a store of many bundles",
          .unit = Unit::entries,
          .sizes = {1'563, 12'500, 100'000},
          .input = a_full_store(bench),
          .sides = {append, list, proof},
          .goals = {{"append: 10 ms or less, at every size", Measure::seconds, Sense::at_most, 0.010},
                    {.text = "list: 20 ms or less",
                     .measure = Measure::seconds,
                     .bound = 0.020,
                     .side = "evidence list, last 20"},
                    {.text = "proof: 10 ms or less",
                     .measure = Measure::seconds,
                     .bound = 0.010,
                     .side = "evidence log proof"}},
          .runs = 10};
}

Side index_side(const Bench& bench, std::string name, std::string work, bool at_every_size) {
  Side side;
  side.name = std::move(name);
  side.clock = Clock::inner;
  side.every_size = at_every_size;
  side.command = [&bench, work = std::move(work)](const Place& place) {
    return helper(bench, place.fresh / "home", "bench_index",
                  {work, place.input, std::to_string(place.size)});
  };
  return side;
}

Row p14(const Bench& bench) {
  return {.name = "P14",
          .title = "index lines: write, read",
          .unit = Unit::entries,
          .sizes = {15'625, 125'000, 1'000'000},
          .input =
              [&bench](std::uint64_t entries) {
                const fs::path index = bench.scratch / fmt::format("index-{}", entries);
                fs::create_directories(bench.scratch);
                must_run(helper(bench, bench.scratch / "home", "bench_index",
                                {"make", index, std::to_string(entries)}),
                         bench.scratch);
                return index;
              },
          .sides = {index_side(bench, "write", "write", true), index_side(bench, "read", "read", true),
                    index_side(bench, "nlohmann dump", "nlohmann-write", false),
                    index_side(bench, "nlohmann parse", "nlohmann-read", false)},
          .goals = {{"write: 1 GB/s or more", Measure::rate, Sense::at_least, 1e9},
                    {.text = "read: 1 GB/s or more",
                     .measure = Measure::rate,
                     .sense = Sense::at_least,
                     .bound = 1e9,
                     .side = "read"},
                    {"peak memory when writing 64 MiB or less", Measure::peak_mib, Sense::at_most, 64}}};
}

}  // namespace

std::vector<Row> store_rows(const Bench& bench) { return {p13(bench), p14(bench)}; }

}  // namespace sourceos::bench
