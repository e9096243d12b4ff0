// A git directory of our own to ask questions from, so that git never reads a repository's own
// configuration and runs none of its filters, hooks or monitors (security S-02).
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "host/tools/git_repository.hpp"

namespace sourceos::host {

struct SterileGit {
  fs::path directory;        // --git-dir
  fs::path copied_index;     // empty: the repository has none, or it is a link or too large
  bool refs_truncated = false;
};

// Makes `directory` (which must not exist). `unavailable`, "git-unsupported" for a repository
// whose refs are not files.
[[nodiscard]] Result<SterileGit> make_sterile_git(const GitLocation& location,
                                                  const std::vector<GitSetting>& settings,
                                                  const fs::path& directory);

// What git sees besides the allow-listed environment.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> sterile_environment();

}  // namespace sourceos::host
