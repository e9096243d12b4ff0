// What a row of the benchmark is: one piece of work, at sizes a factor of 8 apart, done by us and by
// others in turn.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/runner/process.hpp"

namespace sourceos::bench {

// Where things are in one run.
struct Place {
  std::filesystem::path input;   // made once for this size
  std::filesystem::path shared;  // of this side at this size; `once` fills it
  std::filesystem::path fresh;   // of this run; empty before `each`, removed after the run
  std::uint64_t size = 0;
};

enum class Clock { process, inner };

struct Side {
  std::string name;
  std::string needs;  // a program that may be missing; empty: built with us
  std::function<Command(const Place&)> command;
  std::function<void(const Place&)> once = {};  // before the first run of a size, not measured
  std::function<void(const Place&)> each = {};  // before each run, not measured
  // inner: the program prints "inner <seconds> <bytes or 0>" for the part that counts.
  Clock clock = Clock::process;
  // Growth of this directory is measured too.
  std::function<std::filesystem::path(const Place&)> grows = {};
  // Slow peers run at the size with this number alone; the others at the last one.
  std::optional<std::size_t> only_size = {};
  bool every_size = false;
  int also_done = 0;  // an exit code that is no failure: scanners end with 1 when they find
};

enum class Measure {
  ratio,       // our time by the peer's, pair by pair
  rate,        // size units a second of `side`
  seconds,     // of `side`
  peak_mib,    // of `side`
  disk_ratio,  // our growth on disk by the peer's
  disk_mib,
};
enum class Sense { at_most, at_least };

struct Goal {
  std::string text;
  Measure measure = Measure::ratio;
  Sense sense = Sense::at_most;
  double bound = 0;
  std::string peer = {};  // ratios
  std::string side = {};  // the others; empty: the first
};

enum class Unit { bytes, entries, none };

struct Row {
  std::string name;   // "P5"
  std::string title;
  Unit unit = Unit::bytes;
  std::vector<std::uint64_t> sizes;
  std::function<std::filesystem::path(std::uint64_t size)> input = {};
  std::vector<Side> sides;  // ours first
  std::vector<Goal> goals;
  std::size_t runs = 5;
};

}  // namespace sourceos::bench
