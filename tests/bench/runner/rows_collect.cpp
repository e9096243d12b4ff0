// P5, P6, P10, P11: making a bundle.
#include <fmt/format.h>

#include "tests/bench/data/input_files.hpp"
#include "tests/bench/runner/rows.hpp"
#include "tests/bench/runner/sides.hpp"

namespace sourceos::bench {

namespace {

namespace fs = std::filesystem;

Side collect(const Bench& bench) {
  Side side;
  side.name = "evidence collect";
  side.every_size = true;
  side.each = [&bench](const Place& place) { first_use(bench, place.fresh / "home"); };
  side.command = [&bench](const Place& place) {
    return ours_with_store(bench, place.fresh / "home",
                           {"evidence", "collect", "--path", place.input});
  };
  return side;
}

Side tar_and_zstd() {
  Side side;
  side.name = "tar | zstd -1 -T0";
  side.needs = "zstd";
  side.every_size = true;
  side.command = [](const Place& place) { return tar_zstd(place.input, place.fresh / "x.tar.zst"); };
  return side;
}

Side restic_backup() {
  Side side;
  side.name = "restic backup";
  side.needs = "restic";
  side.each = [](const Place& place) { restic_init(place.fresh); };
  side.command = [](const Place& place) { return restic(place.fresh, {"backup", place.input}); };
  return side;
}

Side borg_backup() {
  Side side;
  side.name = "borg create, zstd,1";
  side.needs = "borg";
  side.each = [](const Place& place) { borg_init(place.fresh); };
  side.command = [](const Place& place) { return borg_create(place.fresh, "a", place.input); };
  return side;
}

Side ostree_tree() {
  Side side;
  side.name = "ostree commit";
  side.needs = "ostree";
  side.each = [](const Place& place) { ostree_init(place.fresh); };
  side.command = [](const Place& place) {
    const bool is_tree = fs::is_directory(place.input);
    return ostree_commit(place.fresh, is_tree ? place.input : place.input.parent_path());
  };
  return side;
}

Side roofline(const Bench& bench) {
  Side side;
  side.name = "roofline";
  side.clock = Clock::inner;
  side.once = [&bench](const Place& place) { first_use(bench, place.shared / "home"); };
  side.command = [&bench](const Place& place) {
    return helper(bench, place.shared / "home", "bench_roofline", {place.input});
  };
  return side;
}

Row p5(const Bench& bench) {
  return {.name = "P5",
          .title = "evidence collect --path of one log",
          .sizes = log_sizes(),
          .input = [&bench](std::uint64_t size) { return log_file(bench.data, size); },
          .sides = {collect(bench), tar_and_zstd(), restic_backup(), borg_backup(), ostree_tree(),
                    roofline(bench)},
          .goals = {{"1.0 x the time of tar | zstd or less", Measure::ratio, Sense::at_most, 1.0,
                     "tar | zstd -1 -T0"},
                    {"0.25 x the time of restic or less", Measure::ratio, Sense::at_most, 0.25,
                     "restic backup"},
                    {"1.2 x the roofline or less", Measure::ratio, Sense::at_most, 1.2, "roofline"},
                    {"peak memory 256 MiB or less", Measure::peak_mib, Sense::at_most, 256}}};
}

Row p6(const Bench& bench) {
  return {.name = "P6",
          .title = "evidence collect --path of a tree of 4 KiB files",
          .unit = Unit::entries,
          .sizes = tree_sizes(),
          .input = [&bench](std::uint64_t files) { return log_tree(bench.data, files); },
          .sides = {collect(bench), tar_and_zstd(), restic_backup(), borg_backup(), ostree_tree()},
          .goals = {{"1.3 x the time of tar | zstd or less", Measure::ratio, Sense::at_most, 1.3,
                     "tar | zstd -1 -T0"},
                    {"0.2 x the time of restic or less", Measure::ratio, Sense::at_most, 0.2,
                     "restic backup"},
                    {"peak memory 256 MiB or less", Measure::peak_mib, Sense::at_most, 256}}};
}

// --- P10: a log that grew by one percent

fs::path grown_log(const Place& place) { return place.fresh / "logs/service.log"; }

void copy_log(const Place& place) {
  fs::create_directories(grown_log(place).parent_path());
  fs::copy_file(place.input, grown_log(place));
}

void grow_log(const Place& place) { append_log(grown_log(place), place.size / 100); }

Side second_capture(const Bench& bench) {
  Side side;
  side.name = "evidence collect, again";
  side.every_size = true;
  const auto command = [&bench](const Place& place) {
    return ours_with_store(bench, place.fresh / "home",
                           {"evidence", "collect", "--path", grown_log(place)});
  };
  side.each = [&bench, command](const Place& place) {
    copy_log(place);
    first_use(bench, place.fresh / "home");
    must_run(command(place), place.fresh);
    grow_log(place);
  };
  side.command = command;
  side.grows = [](const Place& place) { return store_of(place.fresh / "home"); };
  return side;
}

Side second_backup(std::string name, std::string program, void (*init)(const fs::path&),
                   Command (*save)(const Place&, const char* archive)) {
  Side side;
  side.name = std::move(name);
  side.needs = std::move(program);
  side.each = [init, save](const Place& place) {
    copy_log(place);
    init(place.fresh);
    must_run(save(place, "first"), place.fresh);
    grow_log(place);
  };
  side.command = [save](const Place& place) { return save(place, "second"); };
  side.grows = [](const Place& place) { return place.fresh / "repository"; };
  return side;
}

Command save_with_restic(const Place& place, const char*) {
  return restic(place.fresh, {"backup", grown_log(place)});
}

Command save_with_borg(const Place& place, const char* archive) {
  return borg_create(place.fresh, archive, grown_log(place));
}

Row p10(const Bench& bench) {
  return {.name = "P10",
          .title = "second capture of a log with 1 % appended",
          .sizes = {8 << 20, 64 << 20, 512 << 20},
          .input = [&bench](std::uint64_t size) { return log_file(bench.data, size); },
          .sides = {second_capture(bench),
                    second_backup("restic backup, again", "restic", restic_init, save_with_restic),
                    second_backup("borg create, again", "borg", borg_init, save_with_borg)},
          .goals = {{"new on disk: 2 x restic's or less", Measure::disk_ratio, Sense::at_most, 2.0,
                     "restic backup, again"},
                    {"new on disk: last segment and index, 8 MiB or less", Measure::disk_mib,
                     Sense::at_most, 8}}};
}

Row p11(const Bench& bench) {
  Side side;
  side.name = "evidence collect, minimal";
  side.once = [&bench](const Place& place) { first_use(bench, place.shared / "home"); };
  side.command = [&bench](const Place& place) {
    return ours_with_store(bench, place.shared / "home",
                           {"evidence", "collect", "--preset", "minimal"});
  };
  Side store;
  store.name = "of which the store";
  store.clock = Clock::inner;
  store.once = side.once;
  store.command = [&bench](const Place& place) {
    const fs::path home = place.shared / "home";
    return helper(bench, home, "bench_store", {"append", store_of(home), "1"});
  };
  return {.name = "P11",
          .title = "smallest command with its bundle",
          .unit = Unit::none,
          .sizes = {1},
          .sides = {side, store},
          .goals = {{"25 ms or less", Measure::seconds, Sense::at_most, 0.025},
                    {.text = "of which the store: 10 ms or less",
                     .measure = Measure::seconds,
                     .bound = 0.010,
                     .side = "of which the store"}},
          .runs = 20};
}

}  // namespace

std::vector<Row> collect_rows(const Bench& bench) {
  return {p5(bench), p6(bench), p10(bench), p11(bench)};
}

}  // namespace sourceos::bench
