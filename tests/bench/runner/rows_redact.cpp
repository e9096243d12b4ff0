// P1 to P4: the redaction engine as a filter, as a scanner, with more rules, and its start.
#include <algorithm>

#include "redact/rules.hpp"
#include "tests/bench/data/input_files.hpp"
#include "tests/bench/runner/rows.hpp"
#include "tests/bench/runner/sides.hpp"

namespace sourceos::bench {

namespace {

constexpr std::size_t k_peer_rules = 30;

Command on_one_core(Command command) {
  command.cores = Cores::one;
  return command;
}

std::function<void(const Place&)> warm_account(const Bench& bench) {
  return [&bench](const Place& place) { first_use(bench, place.shared / "home"); };
}

std::function<std::filesystem::path(std::uint64_t)> a_log(const Bench& bench) {
  return [&bench](std::uint64_t size) { return log_file(bench.data, size); };
}

Side redact_filter(const Bench& bench) {
  Side side;
  side.name = "sourceosctl redact";
  side.every_size = true;
  side.once = warm_account(bench);
  side.command = [&bench](const Place& place) {
    Command command = on_one_core(ours_with_store(bench, place.shared / "home", {"redact"}));
    command.input = place.input;
    return command;
  };
  return side;
}

Side sed_with_three_rules() {
  Side side;
  side.name = "sed, 3 rules";
  side.needs = "sed";
  side.command = [](const Place& place) {
    Command command;
    command.argv = {"sed", "-E",
                    "-e", "s/gh[pousr]_[A-Za-z0-9]{36}/REDACTED/g",
                    "-e", "s/AKIA[A-Z2-7]{16}/REDACTED/g",
                    "-e", "s/(password|token|secret)=[^ ]+/\\1=REDACTED/g"};
    command.input = place.input;
    return on_one_core(command);
  };
  return side;
}

Side secretlint(const Bench& bench) {
  Side side;
  side.name = "secretlint";
  side.needs = bench.suite / "node_modules/.bin/secretlint";
  side.only_size = 0;
  side.also_done = 1;
  side.command = [&bench](const Place& place) {
    Command command;
    command.argv = {bench.suite / "node_modules/.bin/secretlint", "--secretlintrc",
                    bench.suite / "secretlint.json", place.input};
    command.directory = bench.suite;
    return on_one_core(command);
  };
  return side;
}

Side scan(const Bench& bench, std::string name, std::vector<std::string> options = {}) {
  Side side;
  side.name = std::move(name);
  side.every_size = true;
  side.also_done = 1;
  side.once = warm_account(bench);
  side.command = [&bench, options = std::move(options)](const Place& place) {
    std::vector<std::string> arguments = {"scan", "--jobs", "1", place.input};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return on_one_core(ours_with_store(bench, place.shared / "home", std::move(arguments)));
  };
  return side;
}

Side ripgrep(const Bench& bench) {
  Side side;
  side.name = "rg, 30 rules";
  side.also_done = 1;  // nothing was found
  side.needs = "rg";
  side.only_size = 1;
  side.command = [&bench](const Place& place) {
    Command command;
    command.argv = {"rg", "--text", "--only-matching", "--file",
                    pattern_files(bench.data, k_peer_rules).lines, place.input};
    return on_one_core(command);
  };
  return side;
}

Side perl_grep(const Bench& bench) {
  Side side;
  side.name = "grep -P, 30 rules";
  side.also_done = 1;  // nothing was found
  side.needs = "grep";
  side.only_size = 1;
  side.command = [&bench](const Place& place) {
    Command command;
    command.argv = {"grep", "--text", "--only-matching", "-P", "--file",
                    pattern_files(bench.data, k_peer_rules).joined, place.input};
    return on_one_core(command);
  };
  return side;
}

// So many of the built-in rules, with made ones where there are not enough.
std::vector<std::string> with_rules(const Bench& bench, std::size_t count) {
  std::vector<std::string> options;
  const auto rules = redact::builtin_rules();
  for (std::size_t i = count; i < rules.size(); ++i) {
    options.insert(options.end(), {"--disable", std::string(rules[i].id)});
  }
  if (count > rules.size()) {
    options = {"--rules", rule_file(bench.data, count - rules.size())};
  }
  return options;
}

Row p1(const Bench& bench) {
  return {.name = "P1",
          .title = "redact as a filter, all built-in rules, one core",
          .sizes = log_sizes(),
          .input = a_log(bench),
          .sides = {redact_filter(bench), sed_with_three_rules(), secretlint(bench)},
          .goals = {{"1.0 GB/s or more", Measure::rate, Sense::at_least, 1e9},
                    {"peak memory 64 MiB or less", Measure::peak_mib, Sense::at_most, 64},
                    {"0.4 x the time of sed or less", Measure::ratio, Sense::at_most, 0.4,
                     "sed, 3 rules"}}};
}

Row p2(const Bench& bench) {
  return {.name = "P2",
          .title = "scan, all built-in rules, one core",
          .sizes = log_sizes(),
          .input = a_log(bench),
          .sides = {scan(bench, "sourceosctl scan"), ripgrep(bench), perl_grep(bench)},
          .goals = {{"2.0 GB/s or more", Measure::rate, Sense::at_least, 2e9},
                    {"0.1 x the time of rg or less", Measure::ratio, Sense::at_most, 0.1,
                     "rg, 30 rules"},
                    {"0.1 x the time of grep -P or less", Measure::ratio, Sense::at_most, 0.1,
                     "grep -P, 30 rules"}}};
}

Row p3(const Bench& bench) {
  return {.name = "P3",
          .title = "scan with 100, 200 and 800 rules, one core",
          .sizes = {128 << 20},
          .input = a_log(bench),
          .sides = {scan(bench, "200 rules", with_rules(bench, 200)),
                    scan(bench, "100 rules", with_rules(bench, 100)),
                    scan(bench, "800 rules", with_rules(bench, 800))},
          .goals = {{.text = "0.9 GB/s or more with 800 rules",
                     .measure = Measure::rate,
                     .sense = Sense::at_least,
                     .bound = 0.9e9,
                     .side = "800 rules"},
                    {"200 rules: 1.11 x the time of 100 rules or less", Measure::ratio,
                     Sense::at_most, 1.11, "100 rules"}}};
}

Row p4(const Bench& bench) {
  Side empty;
  empty.name = "redact, empty input";
  empty.once = warm_account(bench);
  empty.command = [&bench](const Place& place) {
    return ours_with_store(bench, place.shared / "home", {"redact"});
  };
  Side version;
  version.name = "--version";
  version.command = [&bench](const Place& place) {
    return ours(bench, place.shared / "home", {"--version"});
  };
  return {.name = "P4",
          .title = "start, compiled rules cached",
          .unit = Unit::none,
          .sizes = {1},
          .sides = {empty, version},
          .goals = {{"20 ms or less", Measure::seconds, Sense::at_most, 0.020},
                    {.text = "--version: 5 ms or less",
                     .measure = Measure::seconds,
                     .bound = 0.005,
                     .side = "--version"}},
          .runs = 20};
}

}  // namespace

std::vector<Row> redact_rows(const Bench& bench) {
  return {p1(bench), p2(bench), p3(bench), p4(bench)};
}

}  // namespace sourceos::bench
