// Where the parts of an agent are: launcher, service definition, state, staging, quarantine.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "runtime/agent/declaration.hpp"

namespace sourceos::runtime {

// In an agent's state directory; stays when all else is removed, or two could hold it.
inline constexpr std::string_view k_lock_file = "lock";

// The account's own roots. Test seams move keys and stores (security S-11), not these.
[[nodiscard]] std::filesystem::path agent_config_root(const host::Host& host);
[[nodiscard]] std::filesystem::path agent_state_root(const host::Host& host);
[[nodiscard]] Platform platform_of(const host::Host& host);

struct AgentPlaces {
  std::filesystem::path launcher;     // stable, whatever is behind it
  std::filesystem::path definition;   // plist or unit at its final path
  std::filesystem::path state;        // <state root>/agents/<name>
  std::filesystem::path held;         // <state>/held: originals that quarantine moved (S-18)
  std::filesystem::path legacy_plist; // old system-wide plist; empty on Linux
  std::filesystem::path staging_root; // <state root>/staging
  std::filesystem::path quarantine_root;
  std::string unit;                   // "sourceos-agent@<name>.service"
};
[[nodiscard]] AgentPlaces places_of(const Declaration& declaration, const host::Host& host);
// For an agent that nothing declares any more.
[[nodiscard]] AgentPlaces places_of_name(std::string_view name, const host::Host& host);

[[nodiscard]] std::string unit_name(std::string_view agent);

}  // namespace sourceos::runtime
