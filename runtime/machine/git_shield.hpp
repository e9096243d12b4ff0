// What git on the host would run later, of a repository that an agent may write to (security S-17):
// hooks and configuration are laid over read-only, and what leads to them cannot be moved away.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/machine/host_path.hpp"
#include "runtime/machine/mount.hpp"

namespace sourceos::runtime {

struct GitShield {
  std::vector<ShieldedPart> parts;
  // Why not, else empty: "git-directory-outside", "git-metadata-linked". Then the whole mount is read-only.
  std::string_view cannot;
};

// `directory` is the real path of the mount. Without a repository in it there is nothing to shield.
[[nodiscard]] GitShield shield_git(Adapter adapter, const std::string& directory);

}  // namespace sourceos::runtime
