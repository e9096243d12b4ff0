// What an operator types next about one agent: the same words in status, doctor and preflight.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "runtime/agent/observe.hpp"
#include "runtime/agent/preflight.hpp"

namespace sourceos::cli {

// The first check that fails and that `install` does not put right by itself; null without one.
[[nodiscard]] const runtime::Check* first_obstacle(const runtime::Preflight& checks);

// `is_unfinished`: a command was killed in its middle. Empty when it runs as it should.
[[nodiscard]] std::string next_for_agent(const Context& context, const runtime::ReadDeclaration& agent,
                                         const runtime::Observation& seen,
                                         const runtime::Preflight& checks, bool is_unfinished);

}  // namespace sourceos::cli
