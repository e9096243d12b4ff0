// Where a profile comes from: a preset name, a name under the config root, or a file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "runtime/machine/podman_client.hpp"
#include "runtime/machine/profile.hpp"

namespace sourceos::host {
struct Environment;
}

namespace sourceos::runtime {

struct LoadedProfile {
  Profile profile;
  std::string hash;            // of the canonical rendering
  std::filesystem::path file;  // empty: a preset
  // A preset declares no repository: what the command line names is what is allowed.
  [[nodiscard]] bool is_preset() const { return file.empty(); }
};

[[nodiscard]] std::filesystem::path profile_directory(const host::Environment& environment);

// A word that is neither preset nor profile is `usage`, "profile-unknown"; a path that is not there
// `not_found`, "profile-missing"; one that does not validate "profile-invalid" or
// "secret-in-profile".
[[nodiscard]] Result<LoadedProfile> load_profile(const host::Environment& environment,
                                                 const std::string& named);

// How Podman is reached under this profile: its connection, or CONTAINER_HOST of the environment when
// `environment.allow` names it.
[[nodiscard]] PodmanAddress podman_address(const Profile& profile,
                                           const host::Environment& environment);
// CONTAINER_HOST is set, and the profile does not declare it: it is not passed on.
[[nodiscard]] bool leaves_out_container_host(const Profile& profile,
                                             const host::Environment& environment);

}  // namespace sourceos::runtime
