// Folders as contracts write them, compared by whole components: ~/dev-private is not in ~/dev.
// Home may be spelled ~, $HOME, ${HOME} or %USERPROFILE%. Nothing here looks at a disk; the mount
// policy judges real paths.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sourceos::runtime {

// "~" first for a path below home. When `home` is given, an absolute path below it counts as such.
[[nodiscard]] std::vector<std::string> scope_parts(std::string_view path, std::string_view home = {});
// Whether `path` is `scope`, or below it when `is_recursive`.
[[nodiscard]] bool is_in_scope(std::string_view path, std::string_view scope, bool is_recursive,
                               std::string_view home = {});
// Whether a folder that is given for `wanted` may be had by who is allowed `given`:
// reading is in every mode that lets the agent read, read-write includes all.
[[nodiscard]] bool access_includes(std::string_view given, std::string_view wanted);

}  // namespace sourceos::runtime
