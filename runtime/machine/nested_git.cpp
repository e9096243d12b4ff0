#include "runtime/machine/nested_git.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "bundle/digest.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_entries_max = 500'000;
constexpr std::size_t k_hooks_max = 256;

// What is no regular file, or too large, counts with the reason why it was not read.
void add_file(bundle::Sha256& digest, const fs::path& path) {
  const auto bytes = host::read_file(path, limits::k_config_file_bytes_max);
  digest.update(path.filename().native()).update("\n").update(bytes ? *bytes : bytes.error().reason).update("\n");
}

std::vector<fs::path> hooks_of(const fs::path& git) {
  std::vector<fs::path> hooks;
  std::error_code error;
  for (fs::directory_iterator at(git / "hooks", error), end; !error && at != end && hooks.size() < k_hooks_max;
       at.increment(error)) {
    if (at->path().extension() != ".sample") {
      hooks.push_back(at->path());
    }
  }
  std::ranges::sort(hooks);
  return hooks;
}

std::string digest_of(const fs::path& git) {
  constexpr std::array<std::string_view, 5> k_files = {"config", "config.worktree", "commondir", "info/attributes",
                                                       "objects/info/alternates"};
  bundle::Sha256 digest;
  std::error_code error;
  if (!fs::is_directory(fs::symlink_status(git, error))) {
    add_file(digest, git);  // it says where the git directory is
    return digest.finish().hex();
  }
  for (const std::string_view name : k_files) {
    add_file(digest, git / name);
  }
  for (const fs::path& hook : hooks_of(git)) {
    add_file(digest, hook);
  }
  return digest.finish().hex();
}

}  // namespace

NestedGit look_at_nested_git(const fs::path& tree) {
  NestedGit out;
  std::error_code error;
  std::size_t entries = 0;
  fs::recursive_directory_iterator at(tree, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
    if (++entries > k_entries_max) {
      out.is_whole = false;
      break;
    }
    const fs::path below = at->path().lexically_relative(tree);
    const bool is_own = below == ".git";
    // A module's git directory: `.git/modules/NAME`, wherever in there a `config` lies.
    const bool is_module = *below.begin() == ".git" && at->path().filename() == "config";
    if (is_own) {
      continue;  // looked at with the repository itself
    }
    if (*below.begin() == ".git") {
      const auto part = std::next(below.begin());
      if (part != below.end() && *part != "modules" && at->is_directory(error)) {
        at.disable_recursion_pending();  // objects, refs
      } else if (is_module && part != below.end() && *part == "modules") {
        out.digests.emplace(below.parent_path().native(), digest_of(at->path().parent_path()));
      }
      error.clear();
      continue;
    }
    if (at->path().filename() == ".git") {
      out.digests.emplace(below.native(), digest_of(at->path()));
      at.disable_recursion_pending();
    }
  }
  out.is_whole = out.is_whole && !error;
  return out;
}

std::vector<std::string> changed_nested_git(const NestedGit& before, const NestedGit& after) {
  std::vector<std::string> changed;
  for (const auto& [path, digest] : after.digests) {
    const auto old = before.digests.find(path);
    if (old == before.digests.end() || old->second != digest) {
      changed.push_back(path);
    }
  }
  return changed;
}

}  // namespace sourceos::runtime
