#include "host/tool_finder.hpp"

#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

namespace sourceos::host {

namespace {

bool is_inside(const fs::path& path, const fs::path& directory) {
  const auto [rest, ignored] =
      std::mismatch(directory.begin(), directory.end(), path.begin(), path.end());
  return rest == directory.end();
}

fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path canonical = fs::weakly_canonical(path, error);
  if (error) {
    return path.lexically_normal();
  }
  return canonical.has_filename() ? canonical : canonical.parent_path();
}

bool is_program(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

ToolOwner owner_of(const FileFacts& facts, std::uint32_t uid) {
  return facts.uid == 0 ? ToolOwner::root : facts.uid == uid ? ToolOwner::self : ToolOwner::other;
}

}  // namespace

std::string_view to_string(ToolOwner owner) {
  switch (owner) {
    case ToolOwner::root: return "root";
    case ToolOwner::self: return "self";
    case ToolOwner::other: return "other";
  }
  return "other";
}

ToolFinder::ToolFinder(const Environment& environment, std::vector<fs::path> excluded)
    : home_(resolved(environment.home)), uid_(environment.uid),
      skipped_(environment.skipped_path) {
  std::ranges::transform(excluded, excluded.begin(), resolved);
  for (const std::string& entry : environment.search_path) {
    const fs::path real = resolved(entry);
    const bool inside = std::ranges::any_of(
        excluded, [&](const fs::path& place) { return is_inside(real, place); });
    (inside ? skipped_ : directories_).push_back(entry);
  }
}

void ToolFinder::exclude(const std::vector<fs::path>& excluded) {
  const std::lock_guard lock(mutex_);
  std::erase_if(directories_, [&](const std::string& directory) {
    const fs::path real = resolved(directory);
    const bool inside = std::ranges::any_of(
        excluded, [&](const fs::path& place) { return is_inside(real, resolved(place)); });
    if (inside) {
      skipped_.push_back(directory);
    }
    return inside;
  });
  found_.clear();
}

Result<Tool> ToolFinder::find(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = found_.find(name);
  if (found != found_.end()) {
    return found->second;
  }
  return found_.emplace(name, look_up(name)).first->second;
}

Result<Tool> ToolFinder::look_up(std::string_view name) const {
  Tool tool;
  for (const std::string& directory : directories_) {
    const fs::path candidate = fs::path(directory) / name;
    if (!is_program(candidate)) {
      continue;
    }
    if (tool.path.empty()) {
      tool.path = candidate;
      if (!is_inside(resolved(directory), home_)) {
        break;
      }
    } else if (!is_inside(resolved(directory), home_)) {
      tool.shadowed = candidate;
      break;
    }
  }
  if (tool.path.empty() || name.find('/') != std::string_view::npos) {
    return fail(ErrorKind::not_found, "tool-missing",
                fmt::format("expected a program '{}' on the search path, there is none", name));
  }
  tool.name = name;
  tool.target = resolved(tool.path);
  SOURCEOS_TRY_ASSIGN(tool.facts, describe(tool.target));
  tool.owner = owner_of(tool.facts, uid_);
  return tool;
}

}  // namespace sourceos::host
