#include "cli/agent_next.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/report.hpp"
#include "core/text.hpp"

namespace sourceos::cli {

const runtime::Check* first_obstacle(const runtime::Preflight& checks) {
  const auto found = std::ranges::find_if(checks.checks, [](const runtime::Check& check) {
    return check.status == runtime::CheckStatus::fail && check.reason != "authfile-missing" &&
           check.reason != "log-dir-missing";
  });
  return found == checks.checks.end() ? nullptr : &*found;
}

namespace {

std::string next_for_phase(const Context& context, const std::string& name,
                           const runtime::Observation& seen) {
  switch (seen.phase) {
    case runtime::AgentPhase::absent:
    case runtime::AgentPhase::staged: return context.command_line("install " + name);
    case runtime::AgentPhase::installed:
    case runtime::AgentPhase::enabled:
      return context.command_line((seen.health ? "logs --stderr " : "start ") + name);
    // Why it ended is what it said itself.
    case runtime::AgentPhase::failed:
    case runtime::AgentPhase::suspended: return context.command_line("logs --stderr " + name);
    case runtime::AgentPhase::quarantined: return context.command_line("preflight " + name);
    case runtime::AgentPhase::running: break;
  }
  const bool is_doubtful = !seen.drift.empty() || !seen.permissions.empty() || !seen.findings.empty();
  return is_doubtful ? context.command_line("doctor " + name) : std::string();
}

}  // namespace

std::string next_for_agent(const Context& context, const runtime::ReadDeclaration& agent,
                           const runtime::Observation& seen, const runtime::Preflight& checks,
                           bool is_unfinished) {
  const std::string& name = agent.declaration.name;
  // What breaks a rule and is installed comes before what keeps it from starting.
  if (runtime::has_high(seen.findings)) {
    return context.command_line("quarantine " + name);
  }
  if (!agent.is_valid()) {
    return "correct " + text::shell_word(agent.file.string());
  }
  if (const runtime::Check* obstacle = first_obstacle(checks)) {
    return obstacle->remediation;
  }
  if (is_unfinished || !checks.passed()) {
    return context.command_line("install " + name);
  }
  return next_for_phase(context, name, seen);
}

}  // namespace sourceos::cli
