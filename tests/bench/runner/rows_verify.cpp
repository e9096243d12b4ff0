// P7 to P9, P12: judging bundles.
#include <algorithm>

#include <fmt/format.h>

#include "tests/bench/data/input_files.hpp"
#include "tests/bench/runner/rows.hpp"
#include "tests/bench/runner/sides.hpp"

namespace sourceos::bench {

namespace {

namespace fs = std::filesystem;

void collect_once(const Bench& bench, const Place& place) {
  const fs::path home = place.shared / "home";
  first_use(bench, home);
  must_run(ours_with_store(bench, home, {"evidence", "collect", "--path", place.input}), home);
}

Side verify(const Bench& bench, std::string name, std::vector<std::string> options) {
  Side side;
  side.name = std::move(name);
  side.every_size = true;
  side.once = [&bench](const Place& place) { collect_once(bench, place); };
  side.command = [&bench, options = std::move(options)](const Place& place) {
    std::vector<std::string> arguments = {"evidence", "verify", "@last"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return ours_with_store(bench, place.shared / "home", std::move(arguments));
  };
  return side;
}

Side openssl_over_blobs(const Bench& bench) {
  Side side;
  side.name = "openssl dgst, same blobs";
  side.needs = "openssl";
  side.once = [&bench](const Place& place) { collect_once(bench, place); };
  side.command = [](const Place& place) {
    Command command;
    command.argv = {"openssl", "dgst", "-sha256"};
    for (const auto& blob : fs::directory_iterator(store_of(place.shared / "home") / "blobs/sha256")) {
      command.argv.push_back(blob.path());
    }
    return command;
  };
  return side;
}

Side restic_check() {
  Side side;
  side.name = "restic check --read-data";
  side.needs = "restic";
  side.once = [](const Place& place) {
    restic_init(place.shared);
    must_run(restic(place.shared, {"backup", place.input}), place.shared);
  };
  side.command = [](const Place& place) { return restic(place.shared, {"check", "--read-data"}); };
  return side;
}

Side sha256sum_check() {
  Side side;
  side.name = "sha256sum -c, originals";
  side.needs = "sha256sum";
  side.once = [](const Place& place) {
    must_run(shell(fmt::format("find {} -type f -print0 | xargs -0 sha256sum > {}",
                               quoted({place.input}), quoted({place.shared / "sums"}))),
             place.shared);
  };
  side.command = [](const Place& place) {
    Command command;
    command.argv = {"sha256sum", "--check", "--quiet", place.shared / "sums"};
    return command;
  };
  return side;
}

Side list_archive() {
  Side side;
  side.name = "zstd -d | tar t";
  side.needs = "zstd";
  side.once = [](const Place& place) {
    must_run(tar_zstd(place.input, place.shared / "x.tar.zst"), place.shared);
  };
  side.command = [](const Place& place) {
    return shell(fmt::format("zstd -q -d -c {} | tar -tf -", quoted({place.shared / "x.tar.zst"})));
  };
  return side;
}

Row p7(const Bench& bench) {
  return {.name = "P7",
          .title = "evidence verify --fast, one log",
          .sizes = log_sizes(),
          .input = [&bench](std::uint64_t size) { return log_file(bench.data, size); },
          .sides = {verify(bench, "evidence verify --fast", {"--fast"}), openssl_over_blobs(bench)},
          .goals = {{"1.11 x the time of openssl dgst or less", Measure::ratio, Sense::at_most, 1.11,
                     "openssl dgst, same blobs"}}};
}

Row p8(const Bench& bench) {
  return {.name = "P8",
          .title = "evidence verify, one log",
          .sizes = log_sizes(),
          .input = [&bench](std::uint64_t size) { return log_file(bench.data, size); },
          .sides = {verify(bench, "evidence verify", {}), restic_check(), sha256sum_check(),
                    list_archive()},
          .goals = {{"0.5 x the time of restic check or less", Measure::ratio, Sense::at_most, 0.5,
                     "restic check --read-data"},
                    {"0.3 x the time of sha256sum -c or less", Measure::ratio, Sense::at_most, 0.3,
                     "sha256sum -c, originals"}}};
}

Row p9(const Bench& bench) {
  return {.name = "P9",
          .title = "evidence verify, a tree of 4 KiB files",
          .unit = Unit::entries,
          .sizes = tree_sizes(),
          .input = [&bench](std::uint64_t files) { return log_tree(bench.data, files); },
          .sides = {verify(bench, "evidence verify", {}), restic_check(), sha256sum_check()},
          .goals = {{"0.12 x the time of restic check or less", Measure::ratio, Sense::at_most, 0.12,
                     "restic check --read-data"},
                    {"0.25 x the time of sha256sum -c or less", Measure::ratio, Sense::at_most, 0.25,
                     "sha256sum -c, originals"}}};
}

// Archives of small bundles, all of one account: an archive is trusted only by keys that are named.
Row p12(const Bench& bench) {
  Side side;
  side.name = "evidence verify, many";
  side.every_size = true;
  side.once = [&bench](const Place& place) {
    const fs::path home = place.shared / "home";
    first_use(bench, home);
    must_run(helper(bench, home, "bench_store",
                    {"fill", store_of(home), std::to_string(place.size), place.shared / "archives"}),
             home);
    for (const char* role : {"bundle", "log"}) {
      must_run(ours(bench, home,
                    {"evidence", "key", "export", "--role", role, "--output",
                     place.shared / fmt::format("{}.pem", role)}),
               home);
    }
  };
  side.command = [&bench](const Place& place) {
    std::vector<std::string> archives;
    for (const auto& archive : fs::directory_iterator(place.shared / "archives")) {
      archives.push_back(archive.path());
    }
    std::sort(archives.begin(), archives.end());
    std::vector<std::string> arguments = {"evidence",  "verify",
                                          "--key",     place.shared / "bundle.pem",
                                          "--log-key", place.shared / "log.pem"};
    arguments.insert(arguments.end(), archives.begin(), archives.end());
    return ours(bench, place.shared / "home", std::move(arguments));
  };
  return {.name = "P12",
          .title = "evidence verify of many small bundles, all cores",
          .unit = Unit::entries,
          .sizes = {156, 1'250, 10'000},
          .sides = {side},
          .goals = {{"2,000 a second or more", Measure::rate, Sense::at_least, 2'000}}};
}

}  // namespace

std::vector<Row> verify_rows(const Bench& bench) {
  return {p7(bench), p8(bench), p9(bench), p12(bench)};
}

}  // namespace sourceos::bench
