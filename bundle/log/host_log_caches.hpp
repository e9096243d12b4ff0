// Whether the caches of a log say what its leaves say.
#pragma once

#include "bundle/log/host_log.hpp"
#include "core/result.hpp"

namespace sourceos::bundle::log {

[[nodiscard]] bool offsets_are_right(const HostLog& log);
// Each tile that the checkpoint needs is there and holds the hashes of the leaves.
[[nodiscard]] bool tiles_are_right(const HostLog& log);

}  // namespace sourceos::bundle::log
