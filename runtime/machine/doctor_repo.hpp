// The checks of `agent-machine doctor` on one repository that was named.
#pragma once

#include <string>

#include "runtime/machine/machine_checks.hpp"
#include "runtime/machine/mount_policy.hpp"

namespace sourceos::runtime {

struct DoctorQuestion;

// Adds `repo.readable` and `repo.policy`; gives the decision of the mount policy.
[[nodiscard]] MountDecision check_repo(MachineChecks& checks, const DoctorQuestion& question,
                                       const std::string& repo);

}  // namespace sourceos::runtime
