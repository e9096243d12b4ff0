// What the host says of an agent, whatever our notes say: absent, staged, installed, enabled,
// running, and how notes and host differ.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bundle/digest.hpp"
#include "core/json/fwd.hpp"
#include "host/host.hpp"
#include "runtime/activation/transaction.hpp"
#include "runtime/agent/state.hpp"

namespace sourceos::runtime {

struct Drift {
  std::string what;  // "definition", "launcher", "state"
  std::string noted;
  std::string there;
};
[[nodiscard]] json::Value as_json(const Drift& drift);

struct HostState {
  AgentPhase phase = AgentPhase::absent;
  bool staged = false;  // a staging directory whose manifest fits
  bool installed = false;
  bool enabled = false;
  bool running = false;
  std::optional<bundle::Digest> definition;  // what is at the final path, whoever put it there
  std::optional<bundle::Digest> launcher;
  std::filesystem::path staging;  // the newest one, or empty
  ServiceStatus service;
  AgentState notes;
  bool own_override = false;  // see has_own_override
  std::vector<Drift> drift;  // reason "state-drift" in reports
};

enum class HealthCheck { skip, ask };
// `ask` also asks whether a running service is healthy as declared.
[[nodiscard]] HostState read_host_state(const host::Host& host, ServiceBackend& backend,
                                        const AgentSite& site, HealthCheck health);

// Whether a disabled override of the label was left by us, by the notes or, where those could not be
// written, by the journal.
[[nodiscard]] bool has_own_override(const AgentPlaces& places);

// The newest staging directory of the agent whose manifest names every file with its digest.
[[nodiscard]] std::filesystem::path find_staging(const std::filesystem::path& root,
                                                 std::string_view agent);

}  // namespace sourceos::runtime
