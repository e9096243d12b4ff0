#include "tests/bench/runner/results.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <thread>

#include <fmt/format.h>

#include "tests/bench/runner/judge.hpp"

namespace sourceos::bench {

namespace {

std::string size_text(std::uint64_t size, Unit unit) {
  if (unit == Unit::none) {
    return "";
  }
  constexpr std::uint64_t k_mib = 1 << 20;
  if (unit == Unit::bytes && size % k_mib == 0) {
    return size % (1024 * k_mib) == 0 ? fmt::format("{} GiB", size / (1024 * k_mib))
                                      : fmt::format("{} MiB", size / k_mib);
  }
  return std::to_string(size);
}

std::string time_text(double seconds) {
  return seconds >= 1 ? fmt::format("{:.2f} s", seconds) : fmt::format("{:.2f} ms", seconds * 1e3);
}

// Time for each byte or entry: the same at every size when cost grows as the work does.
std::string each_text(const Series& series, Unit unit) {
  const double each = median_seconds(series) / static_cast<double>(series.size);
  return unit == Unit::bytes     ? fmt::format("{:.2f} ns/B", each * 1e9)
         : unit == Unit::entries ? fmt::format("{:.2f} us", each * 1e6)
                                 : std::string();
}

std::string rate_text(const Series& series, Unit unit) {
  const double inner = static_cast<double>(series.runs.front().inner_bytes);
  const double amount = inner > 0 ? inner : static_cast<double>(series.size);
  const double rate = amount / median_seconds(series);
  return inner > 0 || unit == Unit::bytes ? fmt::format("{:.3f} GB/s", rate / 1e9)
         : unit == Unit::entries          ? fmt::format("{:.0f} /s", rate)
                                          : std::string();
}

double median_run(const Series& series, double (*amount)(const Run&)) {
  std::vector<double> values;
  for (const Run& run : series.runs) {
    values.push_back(amount(run));
  }
  return median(std::move(values));
}

double cpu_of(const Run& run) { return run.usage.cpu_s; }
double peak_mib_of(const Run& run) { return static_cast<double>(run.usage.peak_kib) / 1024; }
double disk_mib_of(const Run& run) { return static_cast<double>(run.disk_bytes) / (1 << 20); }

std::string value_text(const Goal& goal, double value, Unit unit) {
  switch (goal.measure) {
    case Measure::rate:
      return unit == Unit::entries && goal.bound < 1e6 ? fmt::format("{:.0f} /s", value)
                                                       : fmt::format("{:.2f} GB/s", value / 1e9);
    case Measure::seconds:
      return time_text(value);
    case Measure::peak_mib:
    case Measure::disk_mib:
      return fmt::format("{:.1f} MiB", value);
    default:
      return fmt::format("{:.3f}", value);
  }
}

std::string first_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.substr(0, 160);
}

std::string series_line(const Row& row, const Series& series, const Series* ours) {
  std::string line = fmt::format("  {:<9} {:<26}", size_text(series.size, row.unit), series.side);
  if (series.missing) {
    return line + " not installed\n";
  }
  if (series.runs.empty()) {
    return line + " " + first_line(series.trouble) + "\n";
  }
  const double disk = median_run(series, disk_mib_of);
  const bool is_peer = ours != nullptr && ours != &series && !ours->runs.empty();
  return line + fmt::format(" {:>10} {:>10} {:>10} {:>8.1f} {:>11} {:>12} {:>7}{}\n",
                            time_text(median_seconds(series)), time_text(least_seconds(series)),
                            time_text(median_run(series, cpu_of)), median_run(series, peak_mib_of),
                            each_text(series, row.unit), rate_text(series, row.unit),
                            is_peer ? fmt::format("{:.3f}", pair_ratio(*ours, series)) : "",
                            disk > 0 ? fmt::format("  +{:.2f} MiB on disk", disk) : "");
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

std::string run_line(const Row& row, const Series& series, std::size_t number) {
  const Run& run = series.runs[number];
  return fmt::format(
      R"({{"kind":"run","row":"{}","side":"{}","size":{},"run":{},"seconds":{:.6f},"wallSeconds":{:.6f},)"
      R"("cpuSeconds":{:.6f},"peakKib":{},"innerBytes":{},"diskBytes":{},"exitCode":{}}})"
      "\n",
      row.name, escaped(series.side), series.size, number, run.seconds, run.usage.wall_s,
      run.usage.cpu_s, run.usage.peak_kib, run.inner_bytes, run.disk_bytes, run.usage.exit_code);
}

std::string summary_line(const Row& row, const Series& series, const Series* ours) {
  return fmt::format(
      R"({{"kind":"side","row":"{}","side":"{}","size":{},"missing":{},"trouble":"{}","runs":{},)"
      R"("medianSeconds":{:.6f},"leastSeconds":{:.6f},"pairRatio":{:.4f}}})"
      "\n",
      row.name, escaped(series.side), series.size, series.missing, escaped(series.trouble),
      series.runs.size(), median_seconds(series), least_seconds(series),
      ours == nullptr ? 0 : pair_ratio(*ours, series));
}

}  // namespace

void write_json_lines(const std::filesystem::path& directory, const Row& row,
                      const std::vector<Series>& all) {
  std::filesystem::create_directories(directory);
  std::ofstream out(directory / (row.name + ".jsonl"), std::ios::binary);
  out << fmt::format("{{\"kind\":\"row\",\"row\":\"{}\",\"title\":\"{}\",\"machine\":\"{}\"}}\n",
                     row.name, escaped(row.title), escaped(machine()));
  for (const Series& series : all) {
    for (std::size_t i = 0; i < series.runs.size(); ++i) {
      out << run_line(row, series, i);
    }
    out << summary_line(row, series, find(all, row.sides.front().name, series.size));
  }
  for (const Goal& goal : row.goals) {
    const Judged judged = judge(goal, row, all);
    out << fmt::format(R"({{"kind":"goal","row":"{}","goal":"{}","bound":{},"value":{},"met":{}}})"
                       "\n",
                       row.name, escaped(goal.text), goal.bound,
                       judged.value ? fmt::format("{:.6f}", *judged.value) : "null", judged.is_met);
  }
}

std::string table(const Row& row, const std::vector<Series>& all) {
  std::string text = fmt::format("{}  {}\n", row.name, row.title);
  text += fmt::format("  {:<9} {:<26} {:>10} {:>10} {:>10} {:>8} {:>11} {:>12} {:>7}\n", "size",
                      "side", "median", "least", "CPU", "peak MiB", "each", "rate", "ours/it");
  for (const Series& series : all) {
    text += series_line(row, series, find(all, row.sides.front().name, series.size));
  }
  for (const Goal& goal : row.goals) {
    const Judged judged = judge(goal, row, all);
    text += fmt::format("  goal: {:<58} {:>12}  {}\n", goal.text,
                        judged.value ? value_text(goal, *judged.value, row.unit) : "not measured",
                        !judged.value ? "" : judged.is_met ? "met" : "NOT MET");
  }
  return text + "\n";
}

std::string machine() {
  std::string processor = "unknown processor";
  std::ifstream facts("/proc/cpuinfo");
  for (std::string line; std::getline(facts, line);) {
    if (line.starts_with("model name")) {
      processor = line.substr(line.find(':') + 2);
      break;
    }
  }
  utsname names{};
  (void)::uname(&names);
  double load = 0;
  (void)::getloadavg(&load, 1);
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  (void)::gmtime_r(&now, &utc);
  return fmt::format("{}, {} cores, {} {}, load {:.1f}, {:04}-{:02}-{:02}", processor,
                     std::thread::hardware_concurrency(), names.sysname, names.machine, load,
                     utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday);
}

}  // namespace sourceos::bench
