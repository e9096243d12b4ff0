#include "host/tools/git_repository.hpp"

#include "core/limits.hpp"
#include "core/text.hpp"

#include <optional>

#include <fmt/format.h>

namespace sourceos::host {

namespace {

constexpr std::uint64_t k_pointer_bytes_max = 4096;  // `.git` and `commondir` hold one path
constexpr std::size_t k_hooks_max = 1000;
constexpr int k_parents_max = 64;

// The target of a pointer file when it lies inside `tree` and no link is on the way.
std::optional<fs::path> resolve_inside(const fs::path& tree, const fs::path& base,
                                       std::string_view pointer) {
  const fs::path target = (base / fs::path(pointer)).lexically_normal();
  const fs::path relative = target.lexically_relative(tree.lexically_normal());
  if (relative.empty() || *relative.begin() == "..") {
    return std::nullopt;
  }
  auto directory = open_directory(tree);
  for (const fs::path& part : relative) {
    if (!directory) {
      return std::nullopt;
    }
    if (part != "." && !part.empty()) {
      directory = open_subdirectory(*directory, part.string());
    }
  }
  return directory ? std::optional(target) : std::nullopt;
}

bool looks_bare(const fs::path& directory) {
  const auto head = describe(directory / "HEAD");
  const auto objects = describe(directory / "objects");
  const auto refs = describe(directory / "refs");
  return head && head->kind == FileKind::regular && objects &&
         objects->kind == FileKind::directory && refs && refs->kind == FileKind::directory;
}

GitLocation outside(const fs::path& tree, std::string points_to) {
  return {GitLayout::outside, tree, {}, {}, std::move(points_to)};
}

// Adds the common directory; a `commondir` that leads out makes the whole location `outside`.
Result<GitLocation> with_common_directory(GitLocation location) {
  location.common_dir = location.git_dir;
  const auto pointer = read_beneath(location.git_dir, "commondir", k_pointer_bytes_max);
  if (!pointer) {
    return location;
  }
  const auto common = resolve_inside(location.tree, location.git_dir, text::trim(*pointer));
  if (!common) {
    return outside(location.tree, std::string(text::trim(*pointer)));
  }
  location.common_dir = *common;
  return location;
}

Result<GitLocation> follow_git_file(const fs::path& tree) {
  SOURCEOS_TRY_ASSIGN(const std::string content,
                      read_beneath(tree, ".git", k_pointer_bytes_max));
  constexpr std::string_view k_prefix = "gitdir:";
  if (!content.starts_with(k_prefix)) {
    return fail(ErrorKind::malformed, "not-a-repository", "the file '.git' names no directory");
  }
  const std::string target(text::trim(std::string_view(content).substr(k_prefix.size())));
  const auto inside = resolve_inside(tree, tree, target);
  if (!inside) {
    return outside(tree, target);
  }
  return with_common_directory({GitLayout::work_tree, tree, *inside, {}, {}});
}

}  // namespace

std::string_view to_string(GitLayout layout) {
  switch (layout) {
    case GitLayout::work_tree: return "work-tree";
    case GitLayout::bare: return "bare";
    case GitLayout::outside: return "outside";
  }
  return "";
}

Result<std::string> read_beneath(const fs::path& directory, const fs::path& relative,
                                 std::uint64_t bytes_max) {
  SOURCEOS_TRY_ASSIGN(const Descriptor root, open_directory(directory));
  SOURCEOS_TRY_ASSIGN(const Descriptor file, open_beneath(root, relative));
  return read_all(file, bytes_max);
}

Result<GitLocation> locate_repository(const fs::path& directory) {
  const fs::path tree = fs::absolute(directory).lexically_normal();
  const auto facts = describe(tree / ".git");
  if (facts && facts->kind == FileKind::directory) {
    return with_common_directory({GitLayout::work_tree, tree, tree / ".git", {}, {}});
  }
  if (facts && facts->kind == FileKind::regular) {
    return follow_git_file(tree);
  }
  if (facts && facts->kind == FileKind::link) {
    std::error_code ignored;
    return outside(tree, fs::read_symlink(tree / ".git", ignored).string());
  }
  if (looks_bare(tree)) {
    return with_common_directory({GitLayout::bare, tree, tree, {}, {}});
  }
  return fail(ErrorKind::not_found, "not-a-repository",
              fmt::format("'{}' holds no git repository", tree.string()));
}

Result<fs::path> find_repository_above(const fs::path& directory) {
  fs::path at = fs::absolute(directory).lexically_normal();
  for (int i = 0; i < k_parents_max; ++i) {
    if (describe(at / ".git") || looks_bare(at)) {
      return at;
    }
    if (!at.has_relative_path()) {
      break;
    }
    at = at.parent_path();
  }
  return fail(ErrorKind::not_found, "not-a-repository",
              fmt::format("'{}' lies in no git repository", directory.string()));
}

GitSettings read_repository_settings(const GitLocation& location) {
  GitSettings result;
  const std::pair<fs::path, const char*> files[] = {{location.common_dir, "config"},
                                                    {location.git_dir, "config.worktree"}};
  for (const auto& [directory, name] : files) {
    const auto content = read_beneath(directory, name, limits::k_config_file_bytes_max);
    if (!content) {
      continue;
    }
    auto settings = parse_git_config(*content);
    if (!settings) {
      result.malformed = true;
      continue;
    }
    std::move(settings->begin(), settings->end(), std::back_inserter(result.settings));
  }
  return result;
}

std::vector<GitExecution> find_executions(const GitLocation& location,
                                          const std::vector<GitSetting>& settings) {
  std::vector<GitExecution> found;
  for (const GitSetting& setting : settings) {
    if (runs_code(setting)) {
      found.push_back({setting.full_name(), setting.value});
    }
  }
  const auto hooks = open_directory(location.common_dir / "hooks");
  if (!hooks) {
    return found;
  }
  const auto entries = list_directory(*hooks, k_hooks_max);
  for (const DirectoryEntry& entry : entries ? *entries : std::vector<DirectoryEntry>{}) {
    const auto facts = describe(location.common_dir / "hooks" / entry.name);
    const bool may_run = facts && (facts->kind == FileKind::link || (facts->mode & 0111U) != 0);
    if (may_run && facts->kind != FileKind::directory && !entry.name.ends_with(".sample")) {
      found.push_back({"hooks/" + entry.name, ""});
    }
  }
  return found;
}

}  // namespace sourceos::host
