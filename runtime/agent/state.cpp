#include "runtime/agent/state.hpp"

#include <array>

#include "bundle/digest.hpp"
#include "core/bytes.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/limits.hpp"
#include "host/fault.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::array k_phases = {AgentPhase::absent,    AgentPhase::staged,  AgentPhase::installed,
                                 AgentPhase::enabled,   AgentPhase::running, AgentPhase::failed,
                                 AgentPhase::suspended, AgentPhase::quarantined};
constexpr std::size_t k_key_bytes = 32;

std::string text_in(const json::Value& document, const char* name) {
  const auto found = document.find(name);
  return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string tag_of(std::string_view key, std::string_view name) {
  constexpr std::size_t k_tag_digits = 32;
  std::string input = "sourceos.agent-owner/v1\n";
  input += key;
  input += name;
  return bundle::sha256(input).hex().substr(0, k_tag_digits);
}

fs::path key_file(const AgentPlaces& places) { return places.state / "owner-key"; }

}  // namespace

std::string_view to_string(AgentPhase phase) {
  switch (phase) {
    case AgentPhase::absent: return "absent";
    case AgentPhase::staged: return "staged";
    case AgentPhase::installed: return "installed";
    case AgentPhase::enabled: return "enabled";
    case AgentPhase::running: return "running";
    case AgentPhase::failed: return "failed";
    case AgentPhase::suspended: return "suspended";
    case AgentPhase::quarantined: return "quarantined";
  }
  return "";
}

std::optional<AgentPhase> parse_phase(std::string_view word) {
  for (const AgentPhase phase : k_phases) {
    if (to_string(phase) == word) {
      return phase;
    }
  }
  return std::nullopt;
}

json::Value as_json(const AgentState& state) {
  return {{"state", to_string(state.phase)},
          {"managedBy", state.managed_by},
          {"declarationHash", state.declaration_hash},
          {"launcherSha256", state.launcher_sha256},
          {"definitionSha256", state.definition_sha256},
          {"definitionPath", state.definition_path},
          {"containerId", state.container_id},
          {"transactionId", state.transaction_id},
          {"updatedAt", state.updated_at},
          {"reason", state.reason},
          {"detail", state.detail},
          {"lastBundle", state.last_bundle},
          {"lastQuarantine", state.last_quarantine},
          {"ownOverride", state.own_override}};
}

AgentState read_state(const AgentPlaces& places) {
  AgentState state;
  const auto text = host::read_file(places.state / "state.json", limits::k_config_file_bytes_max);
  const auto document = text ? json::parse(*text) : Result<json::Value>(fail(text.error()));
  if (!document || !document->is_object()) {
    return state;
  }
  state.phase = parse_phase(text_in(*document, "state")).value_or(AgentPhase::absent);
  state.managed_by = text_in(*document, "managedBy");
  state.declaration_hash = text_in(*document, "declarationHash");
  state.launcher_sha256 = text_in(*document, "launcherSha256");
  state.definition_sha256 = text_in(*document, "definitionSha256");
  state.definition_path = text_in(*document, "definitionPath");
  state.container_id = text_in(*document, "containerId");
  state.transaction_id = text_in(*document, "transactionId");
  state.updated_at = text_in(*document, "updatedAt");
  state.reason = text_in(*document, "reason");
  state.detail = text_in(*document, "detail");
  state.last_bundle = text_in(*document, "lastBundle");
  state.last_quarantine = text_in(*document, "lastQuarantine");
  const auto own = document->find("ownOverride");
  state.own_override = own != document->end() && own->is_boolean() && own->get<bool>();
  return state;
}

Status write_state(const AgentPlaces& places, AgentState state, UtcTime now) {
  SOURCEOS_TRY(host::fault_point("state.write"));
  SOURCEOS_TRY(host::make_directories(places.state, 0700));
  state.updated_at = format_seconds(now);
  return host::write_file_atomically(places.state / "state.json", as_json(state).dump(2) + "\n",
                                     0600, host::Durability::synced, "state");
}

std::string owner_tag(const AgentPlaces& places, std::string_view name) {
  const auto key = host::read_file(key_file(places), 4 * k_key_bytes);
  const auto bytes = key ? hex_decode(std::string_view(*key).substr(0, 2 * k_key_bytes))
                         : Result<std::string>(fail(key.error()));
  return bytes && bytes->size() == k_key_bytes ? tag_of(*bytes, name) : std::string();
}

Result<std::string> make_owner_tag(const AgentPlaces& places, std::string_view name,
                                   const host::Host& host) {
  if (std::string tag = owner_tag(places, name); !tag.empty()) {
    return tag;
  }
  SOURCEOS_TRY(host::make_directories(places.state, 0700));
  const std::string key = host.random.bytes(k_key_bytes);
  SOURCEOS_TRY(host::write_file_atomically(key_file(places), hex_encode(key) + "\n", 0600,
                                           host::Durability::synced));
  return tag_of(key, name);
}

}  // namespace sourceos::runtime
