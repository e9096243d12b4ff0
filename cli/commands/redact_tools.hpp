// Commands below `redact`: rules, selftest, explain.
#pragma once

#include <array>

#include "cli/command.hpp"

namespace sourceos::cli {

extern const Command k_redact_explain;
extern const Command k_redact_rules;
extern const Command k_redact_selftest;

inline constexpr std::array<const Command*, 3> k_redact_tools = {
    &k_redact_rules, &k_redact_selftest, &k_redact_explain};

}  // namespace sourceos::cli
