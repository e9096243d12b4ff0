// The collectors, one a file of this folder. The table over them is collect/registry.cpp.
#pragma once

#include "collect/collector.hpp"

namespace sourceos::collect {

[[nodiscard]] const Collector& host_collector();
[[nodiscard]] const Collector& tools_collector();
[[nodiscard]] const Collector& git_collector();
[[nodiscard]] const Collector& podman_collector();
[[nodiscard]] const Collector& systemd_collector();
[[nodiscard]] const Collector& launchd_collector();
[[nodiscard]] const Collector& nix_collector();
[[nodiscard]] const Collector& mounts_collector();
[[nodiscard]] const Collector& auth_collector();
[[nodiscard]] const Collector& logs_collector();
[[nodiscard]] const Collector& files_collector();
[[nodiscard]] const Collector& command_collector();

}  // namespace sourceos::collect
