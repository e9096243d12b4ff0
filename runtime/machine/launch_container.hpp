// From an allowed launch to the container that is made for it.
#pragma once

#include "runtime/machine/launch_gates.hpp"

namespace sourceos::runtime {

// Fills `plan.container`, whose name and image are there already, from its mounts. `tool` is null
// for a shell.
void plan_container(const LaunchQuestion& question, const Profile& profile, const ProfileTool* tool,
                    bool is_rootful, LaunchPlan& plan);

}  // namespace sourceos::runtime
