// Paths that a pattern names: `*`, `?` and `[...]` within one part of the path.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sourceos::collect {

[[nodiscard]] bool is_glob(std::string_view path);
// Existing paths in byte order; links are named, not followed, but for directories before the
// first part with a pattern. `limit` past paths_max.
[[nodiscard]] Result<std::vector<std::filesystem::path>> expand_glob(
    const std::filesystem::path& pattern, std::size_t paths_max);

}  // namespace sourceos::collect
