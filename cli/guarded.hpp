// Whether a mutating command acts, plans or refuses (agent-machine 2.3): a dry run plans; in
// guarded mode acting needs both confirmation flags.
#pragma once

#include <string>

#include "core/result.hpp"

namespace sourceos::host {
struct Environment;
}

namespace sourceos::cli {

class Options;
struct Context;

enum class Go { act, plan };
enum class Guard { as_configured, always };

// `usage` for '--dry-run' with '--execute'; `refused`, "policy-confirmation-missing" for
// '--execute' without '--policy-ok' in guarded mode.
[[nodiscard]] Result<Go> decide_go(const Options& options, const Context& context,
                                   Guard guard = Guard::as_configured);

// What turns a plan of guarded mode into the act; empty when nothing but --dry-run stood between.
[[nodiscard]] std::string next_of_plan(const Options& options, Go go);

// The environment, or `guardedMutations = true` in <config root>/config.toml (or config.json): the
// environment makes a run stricter, never looser. A configuration that cannot be read guards.
[[nodiscard]] bool is_guarded(const host::Environment& environment);

}  // namespace sourceos::cli
