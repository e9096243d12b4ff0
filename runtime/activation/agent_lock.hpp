// One command at a time works on an agent: a lock on a file that stays, which the kernel frees when
// its holder dies (activation 4.2, security S-34).
#pragma once

#include <cstdint>
#include <functional>

#include "core/result.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "runtime/agent/places.hpp"

namespace sourceos::runtime {

inline constexpr std::uint64_t k_lock_wait_ms = 10'000;

// `refused`, reason "locked", when somebody else has it for longer than `wait_ms`, or at an
// interrupt. Makes the agent's state directory, which must be this account's.
[[nodiscard]] Result<host::FileLock> lock_agent(const host::Host& host, const AgentPlaces& places,
                                                std::uint64_t wait_ms,
                                                const std::function<void(std::uint64_t ms)>& sleep);

}  // namespace sourceos::runtime
