#include "tests/bench/runner/sides.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

namespace sourceos::bench {

namespace fs = std::filesystem;

namespace {

void append(std::vector<std::string>& to, std::vector<std::string> what) {
  to.insert(to.end(), std::make_move_iterator(what.begin()), std::make_move_iterator(what.end()));
}

void use_account(Command& command, const fs::path& home) {
  fs::create_directories(home);
  fs::permissions(home, fs::perms::owner_all);
  command.environment = {{"HOME", home},
                         {"XDG_CONFIG_HOME", home / "config"},
                         {"XDG_STATE_HOME", home / "state"},
                         {"XDG_DATA_HOME", home / "data"}};
}

}  // namespace

std::vector<std::uint64_t> log_sizes() { return {16 << 20, 128 << 20, 1 << 30}; }
std::vector<std::uint64_t> tree_sizes() { return {1'563, 12'500, 100'000}; }

Command ours(const Bench& bench, const fs::path& home, std::vector<std::string> arguments) {
  Command command;
  command.argv = {bench.programs / "sourceosctl"};
  append(command.argv, std::move(arguments));
  use_account(command, home);
  return command;
}

fs::path store_of(const fs::path& home) { return home / "evidence"; }

Command ours_with_store(const Bench& bench, const fs::path& home,
                        std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--evidence", store_of(home)});
  return ours(bench, home, std::move(arguments));
}

Command helper(const Bench& bench, const fs::path& home, const std::string& name,
               std::vector<std::string> arguments) {
  Command command;
  command.argv = {bench.programs / "tests/bench" / name};
  append(command.argv, std::move(arguments));
  use_account(command, home);
  return command;
}

void must_run(const Command& command, const fs::path& scratch) {
  fs::create_directories(scratch);
  const fs::path errors = scratch / "standard-error";
  const Usage usage = run(command, errors);
  if (usage.exit_code != 0) {
    std::ifstream in(errors);
    std::fprintf(stderr, "\n%s: exit code %d\n", quoted(command.argv).c_str(), usage.exit_code);
    for (std::string line; std::getline(in, line);) {
      std::fprintf(stderr, "%s\n", line.c_str());
    }
    std::exit(1);
  }
}

void first_use(const Bench& bench, const fs::path& home) {
  must_run(ours_with_store(bench, home, {"evidence", "collect", "--preset", "minimal"}), home);
}

Command shell(const std::string& line) {
  Command command;
  command.argv = {"sh", "-c", line};
  return command;
}

Command restic(const fs::path& home, std::vector<std::string> arguments) {
  Command command;
  command.argv = {"restic", "--quiet"};
  append(command.argv, std::move(arguments));
  command.environment = {{"RESTIC_REPOSITORY", home / "repository"},
                         {"RESTIC_PASSWORD_FILE", home / "phrase"},
                         {"RESTIC_CACHE_DIR", home / "cache"}};
  return command;
}

void restic_init(const fs::path& home) {
  fs::create_directories(home);
  std::ofstream(home / "phrase") << "a phrase for the benchmark alone\n";
  must_run(restic(home, {"init"}), home);
}

Command borg(const fs::path& home, std::vector<std::string> arguments) {
  Command command;
  command.argv = {"borg"};
  append(command.argv, std::move(arguments));
  command.environment = {{"BORG_BASE_DIR", home / "base"},
                         {"BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK", "yes"},
                         {"BORG_RELOCATED_REPO_ACCESS_IS_OK", "yes"}};
  return command;
}

void borg_init(const fs::path& home) {
  fs::create_directories(home);
  must_run(borg(home, {"init", "--encryption", "none", home / "repository"}), home);
}

Command borg_create(const fs::path& home, const std::string& archive, const fs::path& input) {
  return borg(home, {"create", "--compression", "zstd,1",
                     (home / "repository").string() + "::" + archive, input});
}

void ostree_init(const fs::path& home) {
  Command command;
  fs::create_directories(home);
  command.argv = {"ostree", "--repo=" + (home / "repository").string(), "init", "--mode=bare-user"};
  must_run(command, home);
}

Command ostree_commit(const fs::path& home, const fs::path& tree) {
  Command command;
  command.argv = {"ostree", "--repo=" + (home / "repository").string(), "commit", "--branch=main",
                  "--tree=dir=" + tree.string()};
  return command;
}

Command tar_zstd(const fs::path& input, const fs::path& output) {
  return shell(fmt::format("{} | {}",
                           quoted({"tar", "-cf", "-", "-C", input.parent_path(), input.filename()}),
                           quoted({"zstd", "-q", "-1", "-T0", "-o", output})));
}

}  // namespace sourceos::bench
