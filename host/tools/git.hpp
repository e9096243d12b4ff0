// The state of a git repository, asked so that nothing of the repository runs (security S-02).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "host/process_runner.hpp"
#include "host/tools/git_repository.hpp"

namespace sourceos::host {

struct GitChange {
  std::string code;  // status: ".M", "D.", "??"; staged: "A", "M", "D", "T"
  std::string path;
};

struct GitRemote {
  std::string name;
  std::string url;
};

struct GitBranch {
  std::string name;
  std::string remote;
  std::string merge;
};

struct GitState {
  GitLocation location;
  bool config_malformed = false;
  std::string object_format = "sha1";
  std::optional<std::string> head;    // null: unborn, or outside
  std::optional<std::string> branch;  // null: detached, or outside
  std::optional<bool> dirty;          // null: no work tree that may be looked at
  std::vector<GitChange> changes;     // against HEAD by content, at most k_git_paths_max
  std::uint64_t change_count = 0;
  std::uint64_t untracked_count = 0;
  // From the repository's own index: null when it could not be read.
  std::optional<std::vector<GitChange>> staged;
  std::optional<std::uint64_t> assume_unchanged;
  std::optional<std::uint64_t> skip_worktree;
  std::optional<std::uint64_t> filtered;  // paths with a filter attribute, compared raw
  bool refs_truncated = false;
  std::vector<GitRemote> remotes;
  std::vector<GitBranch> branches;
  std::vector<GitExecution> executions;
  std::vector<std::string> problems;  // "status: timed out", in words of ours
};

inline constexpr std::size_t k_git_paths_max = 10'000;  // more are counted only

struct GitQuestion {
  fs::path repository;
  fs::path scratch;                   // a directory of ours; one more is made in it and removed
  std::uint64_t timeout_ms = 20'000;  // for each question to git
};

class Git {
 public:
  explicit Git(ProcessRunner& runner) : runner_(runner) {}

  // `not_found`, "not-a-repository"; a repository that git cannot read gives what is known from
  // its files, with `problems`.
  [[nodiscard]] Result<GitState> state(const GitQuestion& question) const;

 private:
  ProcessRunner& runner_;
};

// Output of `status --porcelain=v2 -z`; exposed for tests on recorded output.
struct GitStatus {
  std::vector<GitChange> changes;
  std::uint64_t change_count = 0;
  std::uint64_t untracked_count = 0;
};
[[nodiscard]] Result<GitStatus> parse_git_status(std::string_view output);
// Output of `diff-index --name-status -z`.
[[nodiscard]] Result<std::vector<GitChange>> parse_name_status(std::string_view output);

}  // namespace sourceos::host
