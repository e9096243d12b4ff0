// What of the host a Podman machine's guest sees, against what a profile wants it to see.
#pragma once

#include <string>
#include <vector>

#include "runtime/machine/deny_set.hpp"
#include "runtime/machine/podman_client.hpp"
#include "runtime/machine/profile_source.hpp"

namespace sourceos::runtime {

// "whole-home", "declared-roots", "wsl-automount", "unknown", "not-applicable".
[[nodiscard]] std::string vm_exposure(const ProfileRuntime& runtime, const MachineFacts& machine,
                                      const DenySet& deny, const std::vector<std::string>& roots);
// A shared path covers this one; true when nobody knows what is shared.
[[nodiscard]] bool is_shared_into_machine(const MachineFacts& machine, const DenySet& deny,
                                          const std::string& path);
// The paths of the profile that a machine has to see: resolved, absolute.
[[nodiscard]] std::vector<std::string> machine_roots(const Profile& profile, const DenySet& deny);

}  // namespace sourceos::runtime
