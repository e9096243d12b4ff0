// The checks of `agent-machine doctor` (agent-machine 5.1), in order. One cause gives one failure:
// what depends on a failed check is skipped and says by which.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/json/fwd.hpp"
#include "runtime/machine/mount_policy.hpp"
#include "runtime/machine/podman_client.hpp"
#include "runtime/machine/profile_source.hpp"

namespace sourceos::runtime {

struct MachineCheck {
  std::string id;
  std::string status;  // pass, warn, fail, skip
  std::string detail;
  std::string reason;       // stable; empty: none
  std::string remediation;  // empty: none
  std::string blocked_by;   // empty: nothing
  std::string observed;     // JSON text; "null" when nothing was
};

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
  std::vector<MachineCheck> checks;
  std::vector<MountDecision> decisions;  // of the repositories
  std::vector<PodmanAnswer> answers;
  MachineFacts machine;
  bool uses_machine = false;

  [[nodiscard]] bool is_ready() const;
  [[nodiscard]] json::Value document() const;  // { ready, summary, checks }
};

[[nodiscard]] DoctorReport run_doctor(const DoctorQuestion& question);

}  // namespace sourceos::runtime
