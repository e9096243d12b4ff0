// The checks of `agent-machine doctor` (agent-machine 5.1), in order.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/machine/machine_checks.hpp"
#include "runtime/machine/mount_policy.hpp"
#include "runtime/machine/podman_client.hpp"
#include "runtime/machine/profile_source.hpp"

namespace sourceos::runtime {

struct DoctorQuestion {
  host::Host& host;
  host::ToolFinder& tools;
  const LoadedProfile& profile;
  std::vector<std::string> repos;  // as typed
  const PolicyContext& policy;     // its roots are ignored: doctor judges what is named
  std::optional<Error> policy_unresolved;  // of the mount policy that the profile names
  std::filesystem::path store;
};

struct DoctorReport {
  MachineChecks checks;
  std::vector<MountDecision> decisions;  // of the repositories
  std::vector<PodmanAnswer> answers;
  MachineFacts machine;
  bool uses_machine = false;
};

[[nodiscard]] DoctorReport run_doctor(const DoctorQuestion& question);

}  // namespace sourceos::runtime
