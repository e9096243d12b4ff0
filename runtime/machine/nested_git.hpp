// Repositories below the one that is mounted, and the modules of its own: what git on the host would
// run of them cannot be shielded one by one, so it is compared before and after (security S-17).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace sourceos::runtime {

// By the path of its git directory (or `.git` file) below the tree: a digest of its configuration, hooks,
// attributes and alternates. Links are not followed.
struct NestedGit {
  std::map<std::string, std::string> digests;
  bool is_whole = true;  // false: the tree is larger than is looked through, or partly unreadable
};
[[nodiscard]] NestedGit look_at_nested_git(const std::filesystem::path& tree);

// Those that are new or changed, in order.
[[nodiscard]] std::vector<std::string> changed_nested_git(const NestedGit& before, const NestedGit& after);

}  // namespace sourceos::runtime
