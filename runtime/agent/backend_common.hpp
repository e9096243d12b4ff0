// What both managers do with the programs they run.
#pragma once

#include <string>
#include <string_view>

#include "runtime/agent/backend.hpp"

namespace sourceos::runtime {

inline constexpr std::uint64_t k_order_timeout_ms = 20'000;  // agent-machine 2.5: stop

// First line of what a program complained about, or how it ended.
[[nodiscard]] std::string complaint(const CommandRun& run);
// Adds the run to the result; the first failing one decides reason and detail.
void note_run(OrderResult& result, CommandRun run, std::string_view reason_on_failure);
// A run that may fail: kept, but decides nothing.
void note_harmless(OrderResult& result, CommandRun run);

}  // namespace sourceos::runtime
