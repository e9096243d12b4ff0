#include "collect/collectors/glob.hpp"

#include "core/text.hpp"
#include "host/files.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sourceos::collect {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_names_max = 100'000;  // of one directory

// Adds what `part` matches in the directory `at`.
Status match_part(const fs::path& at, const std::string& part, std::vector<fs::path>& found) {
  const auto directory = host::open_directory(at);
  if (!directory) {
    return {};  // a pattern that leads into nothing names nothing
  }
  SOURCEOS_TRY_ASSIGN(const auto entries, host::list_directory(*directory, k_names_max));
  for (const host::DirectoryEntry& entry : entries) {
    const bool hidden = entry.name.starts_with('.') && !part.starts_with('.');
    if (!hidden && text::glob_match(part, entry.name)) {
      found.push_back(at / entry.name);
    }
  }
  return {};
}

}  // namespace

bool is_glob(std::string_view path) { return path.find_first_of("*?[") != std::string_view::npos; }

Result<std::vector<fs::path>> expand_glob(const fs::path& pattern, std::size_t paths_max) {
  std::vector<fs::path> found = {pattern.root_path()};
  bool seen_pattern = false;
  for (const fs::path& part : pattern.relative_path()) {
    std::vector<fs::path> next;
    for (const fs::path& at : found) {
      if (is_glob(part.string())) {
        SOURCEOS_TRY(match_part(at, part.string(), next));
      } else if (const auto facts = host::describe(at / part);
                 facts && (!seen_pattern || facts->kind != host::FileKind::link ||
                           at / part == pattern)) {
        next.push_back(at / part);
      }
      if (next.size() > paths_max) {
        return fail(ErrorKind::limit, "glob-limit",
                    fmt::format("expected at most {} paths, the pattern names more", paths_max));
      }
    }
    seen_pattern = seen_pattern || is_glob(part.string());
    found = std::move(next);
  }
  std::sort(found.begin(), found.end(),
            [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  return found;
}

}  // namespace sourceos::collect
