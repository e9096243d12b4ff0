// Paths of macOS, Windows and Linux as data: how each writes an absolute path, and when two spell
// the same place. Pure functions; nothing here looks at a disk.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sourceos::runtime {

enum class Adapter { on_linux, on_macos, on_windows };
[[nodiscard]] Adapter adapter_of(std::string_view name);
[[nodiscard]] std::string_view to_string(Adapter adapter);

// Components from the root down, in the form that this host compares: on macOS and Windows folded
// (unicode_fold.hpp), on macOS without /private and /System/Volumes/Data, on Windows with the drive
// ("c:") as first component and nothing after a component's last letter but letters.
using PathKey = std::vector<std::string>;

// `absolute` is what expand_path gives. On Windows both forms of absolute path are read,
// `C:\a\b` and `/mnt/c/a/b`; so are POSIX paths, as WSL has them.
[[nodiscard]] PathKey path_key(Adapter adapter, std::string_view absolute);

enum class Relation {
  apart,
  equal,
  below,  // the first lies inside the second
  above,  // the second lies inside the first
};
// By whole components: ~/dev-private is not below ~/dev.
[[nodiscard]] Relation relation(const PathKey& first, const PathKey& second);

// Evaluation step 1: refused with "path-syntax" are an empty path, NUL and newlines, other control
// characters, variables other than a leading ~, $HOME, ${HOME} or %USERPROFILE%, `~name`, and on
// Windows UNC and device paths, alternate streams and short (8.3) names.
[[nodiscard]] Status check_path_syntax(Adapter adapter, std::string_view path);

// A leading ~, $HOME, ${HOME} or %USERPROFILE% becomes `home`; anything else stays.
[[nodiscard]] std::string expand_home(std::string_view path, std::string_view home);
// "path-traversal" when a component is "..": documents hold none.
[[nodiscard]] Status check_no_traversal(Adapter adapter, std::string_view path);
[[nodiscard]] bool is_absolute_path(Adapter adapter, std::string_view path);

// `C:\Users\u\dev` as the WSL machine of Podman sees it, /mnt/c/Users/u/dev; other paths as they
// are.
[[nodiscard]] std::string wsl_path(std::string_view path);

// "~/x" for a path below home ("~" for home itself), else the path.
[[nodiscard]] std::string home_template(Adapter adapter, std::string_view path,
                                        std::string_view home);

}  // namespace sourceos::runtime
