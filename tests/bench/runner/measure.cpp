#include "tests/bench/runner/measure.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace sourceos::bench {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_trouble_bytes = 600;

std::string tail_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  return text.size() > k_trouble_bytes ? text.substr(text.size() - k_trouble_bytes) : text;
}

std::uint64_t bytes_below(const fs::path& directory) {
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    bytes += entry.is_regular_file() ? entry.file_size() : 0;
  }
  return bytes;
}

void read_inner(const fs::path& output, Run& run) {
  std::ifstream in(output);
  for (std::string word; in >> word;) {
    if (word == "inner") {
      in >> run.seconds >> run.inner_bytes;
      return;
    }
  }
}

bool runs_at(const Side& side, const Row& row, std::size_t size) {
  if (side.only_size) {
    return size == std::min(*side.only_size, row.sizes.size() - 1);
  }
  return side.every_size || size + 1 == row.sizes.size();
}

// One side at one size.
class Lane {
 public:
  Lane(const Side& side, Place place, Series& series)
      : side_(side), place_(std::move(place)), series_(series) {
    fs::create_directories(place_.shared);
    if (side_.once) {
      side_.once(place_);
    }
  }

  [[nodiscard]] bool works() const { return series_.trouble.empty(); }

  void go(bool is_warm_up) {
    fs::create_directories(place_.fresh);
    if (side_.each) {
      side_.each(place_);
    }
    Command command = side_.command(place_);
    const fs::path errors = place_.shared / "standard-error";
    if (side_.clock == Clock::inner) {
      command.output = place_.shared / "standard-output";
    }
    const fs::path grows = side_.grows ? side_.grows(place_) : fs::path();
    const std::uint64_t before = grows.empty() ? 0 : bytes_below(grows);
    ::sync();  // what was written before is not ours to pay
    Run run;
    run.usage = bench::run(command, errors);
    run.seconds = run.usage.wall_s;
    if (side_.clock == Clock::inner) {
      read_inner(command.output, run);
    }
    run.disk_bytes = grows.empty() ? 0 : bytes_below(grows) - before;
    fs::remove_all(place_.fresh);
    if (run.usage.exit_code != 0 && run.usage.exit_code != side_.also_done) {
      series_.trouble = fmt::format("exit code {}: {}", run.usage.exit_code, tail_of(errors));
      series_.runs.clear();
    } else if (!is_warm_up) {
      series_.runs.push_back(run);
    }
  }

 private:
  const Side& side_;
  Place place_;
  Series& series_;
};

void measure_size(const Row& row, std::size_t number, const Settings& settings,
                  std::vector<Series>& all) {
  const std::uint64_t size = std::max<std::uint64_t>(1, row.sizes[number] / settings.shrink);
  const fs::path input = row.input ? row.input(size) : fs::path();
  std::vector<const Side*> sides;
  for (const Side& side : row.sides) {
    if (runs_at(side, row, number)) {
      sides.push_back(&side);
    }
  }
  std::vector<Series> found(sides.size());
  std::vector<Lane> lanes;
  const fs::path base = settings.work / row.name;
  fs::remove_all(base);
  for (std::size_t i = 0; i < sides.size(); ++i) {
    found[i].side = sides[i]->name;
    found[i].size = size;
    found[i].missing = !sides[i]->needs.empty() && !is_installed(sides[i]->needs);
    if (!found[i].missing) {
      const fs::path own = base / fmt::format("side-{}", i);
      lanes.emplace_back(*sides[i], Place{input, own / "shared", own / "fresh", size}, found[i]);
    }
  }
  const std::size_t runs = settings.runs == 0 ? row.runs : settings.runs;
  for (std::size_t turn = 0; turn <= runs; ++turn) {
    for (Lane& lane : lanes) {
      if (lane.works()) {
        lane.go(turn == 0);
      }
    }
    std::fputc('.', stderr);
  }
  fs::remove_all(base);
  std::move(found.begin(), found.end(), std::back_inserter(all));
}

}  // namespace

std::vector<Series> measure(const Row& row, const Settings& settings) {
  std::vector<Series> all;
  std::fprintf(stderr, "%s ", row.name.c_str());
  for (std::size_t number = 0; number < row.sizes.size(); ++number) {
    measure_size(row, number, settings, all);
  }
  std::fputc('\n', stderr);
  return all;
}

double median(std::vector<double> values) {
  if (values.empty()) {
    return 0;
  }
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double median_seconds(const Series& series) {
  std::vector<double> seconds;
  for (const Run& run : series.runs) {
    seconds.push_back(run.seconds);
  }
  return median(std::move(seconds));
}

double least_seconds(const Series& series) {
  double least = 0;
  for (const Run& run : series.runs) {
    least = least == 0 ? run.seconds : std::min(least, run.seconds);
  }
  return least;
}

}  // namespace sourceos::bench
