// What is mounted in a container, by the kernel's own table (security S-40): `inspect` names neither
// devices of a rootless container nor what mounts.conf or a hook of the runtime adds.
#pragma once

#include <string>
#include <vector>

#include "host/tools/mount_table.hpp"
#include "runtime/machine/container_plan.hpp"

namespace sourceos::runtime {

// What the table has that was not planned, and what is planned and not in it; empty when it is what
// was asked for. File systems that every container has are no difference.
[[nodiscard]] std::vector<std::string> mount_differences(
    const ContainerPlan& plan, const std::vector<host::MountTableRow>& table);

}  // namespace sourceos::runtime
