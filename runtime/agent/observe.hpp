// An agent as the host has it now: what `status`, `list` and `doctor` show.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json/fwd.hpp"
#include "runtime/agent/backend.hpp"
#include "runtime/agent/health.hpp"
#include "runtime/agent/podman_answers.hpp"
#include "runtime/agent/preflight.hpp"
#include "runtime/agent/state.hpp"

namespace sourceos::runtime {

struct Observation {
  AgentPhase phase = AgentPhase::absent;
  AgentState notes;
  ServiceStatus service;
  std::string since;                // since when the service is as it is, or empty
  bool definition_exists = false;
  bool definition_changed = false;  // its digest is not the noted one
  bool launcher_exists = false;
  bool launcher_changed = false;
  std::string permissions;          // who else may write definition or launcher, or empty
  std::string drift;                // what notes and host disagree on, or empty
  std::optional<ContainerAnswer> container;
  std::string container_unknown;    // why nobody can tell whether there is one, or empty
  std::optional<Health> health;     // of a service that is active
  std::uint64_t starts_last_hour = 0;
  std::string complaint;            // why the launcher did not start it, or empty
  std::vector<PolicyFinding> findings;  // on the installed definition
};
[[nodiscard]] Observation observe(const host::Host& host, ServiceBackend& backend,
                                  const ReadDeclaration& agent);
// One row of `list` and the screen of `status`.
[[nodiscard]] json::Value as_json(const Observation& seen, const ReadDeclaration& agent,
                                  const host::Host& host, const Redactor& redact);
// The definition of done, line by line: { line, holds }.
[[nodiscard]] json::Value definition_of_done(const Observation& seen, const Preflight& preflight,
                                             const ReadDeclaration& agent);
// Store path and generation behind the agent's program; null when Nix has no part in it.
[[nodiscard]] json::Value nix_source(const host::Host& host, const ReadDeclaration& agent,
                                     const Redactor& redact);

}  // namespace sourceos::runtime
