// Where a repository's parts are, found without running git and without leaving the tree that was
// given (security S-02): a `.git` file or link that points elsewhere is recorded, not followed.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "host/files.hpp"
#include "host/tools/git_config.hpp"

namespace sourceos::host {

enum class GitLayout {
  work_tree,
  bare,
  outside,  // a linked work tree, a submodule or a link: `points_to` says where
};
[[nodiscard]] std::string_view to_string(GitLayout layout);

struct GitLocation {
  GitLayout layout = GitLayout::work_tree;
  fs::path tree;        // the directory that was given
  fs::path git_dir;     // HEAD, index; empty when outside
  fs::path common_dir;  // refs, config, objects; often the same
  std::string points_to;
};

// `not_found`, "not-a-repository" when the directory has none. Parents are not searched.
[[nodiscard]] Result<GitLocation> locate_repository(const fs::path& directory);
// The nearest of the directory and its parents that holds a `.git` of any kind.
[[nodiscard]] Result<fs::path> find_repository_above(const fs::path& directory);

// `config` and `config.worktree`, as data. A file that does not parse gives what came before it
// and `malformed` set.
struct GitSettings {
  std::vector<GitSetting> settings;
  bool malformed = false;
};
[[nodiscard]] GitSettings read_repository_settings(const GitLocation& location);

// Something in the repository that makes git start a program.
struct GitExecution {
  std::string setting;  // "core.fsmonitor", "hooks/post-checkout"
  std::string value;    // raw
};
[[nodiscard]] std::vector<GitExecution> find_executions(const GitLocation& location,
                                                        const std::vector<GitSetting>& settings);

// A small file of the repository; a link or special file on the way is `refused`.
[[nodiscard]] Result<std::string> read_beneath(const fs::path& directory, const fs::path& relative,
                                               std::uint64_t bytes_max);

}  // namespace sourceos::host
