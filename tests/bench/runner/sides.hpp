// Command lines that several rows use: ours, and those of the tools beside us.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/runner/row.hpp"
#include "tests/bench/runner/rows.hpp"

namespace sourceos::bench {

// One GiB and a factor of 8 and 64 below.
[[nodiscard]] std::vector<std::uint64_t> log_sizes();
[[nodiscard]] std::vector<std::uint64_t> tree_sizes();

// `sourceosctl ARGUMENTS` with an account of its own below `home`.
[[nodiscard]] Command ours(const Bench& bench, const std::filesystem::path& home,
                           std::vector<std::string> arguments);
// The same with that account's store.
[[nodiscard]] Command ours_with_store(const Bench& bench, const std::filesystem::path& home,
                                      std::vector<std::string> arguments);
[[nodiscard]] std::filesystem::path store_of(const std::filesystem::path& home);
// A helper built from tests/bench, in the same account.
[[nodiscard]] Command helper(const Bench& bench, const std::filesystem::path& home,
                             const std::string& name, std::vector<std::string> arguments);
// Makes account, keys, store and compiled rules, as a first use does.
void first_use(const Bench& bench, const std::filesystem::path& home);

// Must work: the benchmark ends with what the command said when it does not.
void must_run(const Command& command, const std::filesystem::path& scratch);

[[nodiscard]] Command shell(const std::string& line);

// Backup tools, each with a repository in `home`.
void restic_init(const std::filesystem::path& home);
[[nodiscard]] Command restic(const std::filesystem::path& home, std::vector<std::string> arguments);
void borg_init(const std::filesystem::path& home);
[[nodiscard]] Command borg(const std::filesystem::path& home, std::vector<std::string> arguments);
[[nodiscard]] Command borg_create(const std::filesystem::path& home, const std::string& archive,
                                  const std::filesystem::path& input);
void ostree_init(const std::filesystem::path& home);
[[nodiscard]] Command ostree_commit(const std::filesystem::path& home,
                                    const std::filesystem::path& tree);
// `tar | zstd -1 -T0` of a file or directory.
[[nodiscard]] Command tar_zstd(const std::filesystem::path& input,
                               const std::filesystem::path& output);

}  // namespace sourceos::bench
