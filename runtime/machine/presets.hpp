// Profiles that are built in, and how `init` makes one for a set of repositories.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "runtime/machine/profile.hpp"

namespace sourceos::runtime {

// macos-podman, windows-podman-wsl, windows-podman-hyperv, linux-native, linux-podman-machine.
[[nodiscard]] const std::vector<std::string_view>& preset_profile_names();
[[nodiscard]] bool is_preset_profile(std::string_view name);
// The preset that fits a host best: its native one.
[[nodiscard]] std::string_view preset_for(std::string_view adapter);

// A profile without repositories: not yet one that could be written. `usage`, "preset-unknown".
[[nodiscard]] Result<Profile> preset_profile(std::string_view name);

// One for each path: its name made an id, unique, below /workspace/dev. `host_path` in template
// form.
[[nodiscard]] std::vector<ProfileRepo> repos_for(const std::vector<std::string>& host_paths);

}  // namespace sourceos::runtime
