// From a path on paper to the directory on disk: links resolved, then opened without following any.
#pragma once

#include <filesystem>
#include <string>

#include "core/result.hpp"
#include "host/files.hpp"
#include "runtime/machine/mount.hpp"

namespace sourceos::runtime {

struct RealPath {
  std::string path;    // every link on the way resolved
  bool exists = true;  // else only the deepest ancestor that there is was resolved
};
// `not_found`, "path-missing" for a path that is not there.
[[nodiscard]] Result<RealPath> resolve_path(const std::filesystem::path& absolute);
// The same where the last parts may be missing.
[[nodiscard]] Result<RealPath> resolve_existing_part(const std::filesystem::path& absolute);

// Opens component by component, following no link: what a resolved path names now. A link on the
// way is `refused`, "mount-changed"; what is no directory is `malformed`, "not-a-directory".
[[nodiscard]] Result<host::Descriptor> open_without_links(const std::filesystem::path& resolved);

[[nodiscard]] Result<Pin> pin_directory(const std::filesystem::path& resolved);
// The same of a directory's entry of any kind.
[[nodiscard]] Result<Pin> pin_entry(const std::filesystem::path& resolved);
// The entry that a path names below another root (a container's, seen through /proc): the root
// is followed, nothing below it is.
[[nodiscard]] Result<Pin> pin_below(const std::filesystem::path& root,
                                    const std::filesystem::path& path);
// `refused`, "mount-changed" when the path now names another directory.
[[nodiscard]] Status check_pin(const std::filesystem::path& resolved, const Pin& pin);

}  // namespace sourceos::runtime
