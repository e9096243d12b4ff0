// How often a grant was used, in <state root>/grants/<local id>.json, counted under a lock before
// what it allows is begun: a use that fails later is still a use.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/result.hpp"
#include "runtime/doors/contract.hpp"

namespace sourceos::runtime {

// 0 when it was never used.
[[nodiscard]] Result<std::uint64_t> grant_uses(const std::filesystem::path& state_root,
                                               const Contract& grant);
// Counts one more and returns the sum. `refused`, "grant-used-up" when `maxUses` is reached.
[[nodiscard]] Result<std::uint64_t> count_grant_use(const std::filesystem::path& state_root,
                                                    const Contract& grant);

}  // namespace sourceos::runtime
