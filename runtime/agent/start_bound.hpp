// The launcher's bound on starts (local agents 3.4), asked before something that runs is stopped: what
// would be held by it could not be started again, neither the new version nor the old.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/time.hpp"
#include "runtime/agent/declaration.hpp"
#include "runtime/agent/places.hpp"

namespace sourceos::runtime {

// Lines of the launcher's `starts.log` that are no older than an hour.
[[nodiscard]] std::uint64_t starts_within_an_hour(const AgentPlaces& places, UtcTime now);

// Why one more start would be held, and until when; nullopt when it would not.
[[nodiscard]] std::optional<std::string> held_by_start_bound(const Declaration& declaration, const AgentPlaces& places,
                                                             UtcTime now);

}  // namespace sourceos::runtime
