// Our own notes on an agent: `<state>/state.json` and the key by which its container is known as
// ours. When notes and host differ, the host is right.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/agent/declaration.hpp"
#include "runtime/agent/places.hpp"

namespace sourceos::runtime {

enum class AgentPhase : std::uint8_t {
  absent, staged, installed, enabled, running, failed, suspended, quarantined
};
[[nodiscard]] std::string_view to_string(AgentPhase phase);
[[nodiscard]] std::optional<AgentPhase> parse_phase(std::string_view word);

struct AgentState {
  AgentPhase phase = AgentPhase::absent;
  std::string managed_by;  // "operator", "activation"
  std::string declaration_hash;
  std::string launcher_sha256;    // 64 hex digits, or empty
  std::string definition_sha256;  // likewise
  std::string definition_path;
  std::string container_id;  // of the container that we started last
  std::string transaction_id;
  std::string updated_at;
  std::string reason;         // why it failed
  std::string detail;         // the same in words
  std::string last_bundle;
  std::string last_quarantine;  // directory
  bool own_override = false;  // the disabled override was left by us (rollback, quarantine)
};

// The empty state when there are no notes, or none that can be read.
[[nodiscard]] AgentState read_state(const AgentPlaces& places);
// Fault points "state.write|fsync|rename".
[[nodiscard]] Status write_state(const AgentPlaces& places, AgentState state, UtcTime now);
[[nodiscard]] json::Value as_json(const AgentState& state);

// A keyed tag of name and creation (security S-41): empty when there is no key yet.
[[nodiscard]] std::string owner_tag(const AgentPlaces& places, std::string_view name);
// The same, making the key when it is missing.
[[nodiscard]] Result<std::string> make_owner_tag(const AgentPlaces& places, std::string_view name,
                                                 const host::Host& host);

}  // namespace sourceos::runtime
