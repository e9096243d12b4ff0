#include "runtime/activation/host_state.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "runtime/activation/limits.hpp"
#include "runtime/agent/health.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

std::optional<bundle::Digest> digest_at(const fs::path& path) {
  const auto bytes = host::read_file(path, limits::k_config_file_bytes_max);
  return bytes ? std::optional(bundle::sha256(*bytes)) : std::nullopt;
}

std::string hex_or_absent(const std::optional<bundle::Digest>& digest) {
  return digest ? digest->hex() : std::string("absent");
}

bool has_digest(const std::optional<bundle::Digest>& digest, const std::string& noted) {
  return digest && digest->hex() == noted;
}

std::vector<host::DirectoryEntry> entries_of(const fs::path& path) {
  const auto directory = host::open_directory(path);
  auto entries = directory ? host::list_directory(*directory, limits::k_staging_entries_max)
                           : Result<std::vector<host::DirectoryEntry>>(fail(directory.error()));
  return entries ? std::move(*entries) : std::vector<host::DirectoryEntry>();
}

// Whether each file that the manifest names is there with its digest.
bool manifest_fits(const fs::path& directory) {
  const auto text = host::read_file(directory / "manifest.json", limits::k_config_file_bytes_max);
  const auto manifest = text ? json::parse(*text) : Result<json::Value>(fail(text.error()));
  if (!manifest || !manifest->is_object() || !manifest->contains("files") ||
      !manifest->at("files").is_array()) {
    return false;
  }
  return std::ranges::all_of(manifest->at("files"), [&](const json::Value& file) {
    if (!file.is_object() || !file.contains("path") || !file.contains("sha256") ||
        !file.at("path").is_string() || !file.at("sha256").is_string()) {
      return false;
    }
    const fs::path path = file.at("path").get<std::string>();
    const bool is_inside = path.is_relative() && path.lexically_normal() == path &&
                           path.native().find("..") == std::string::npos;
    return is_inside && has_digest(digest_at(directory / path), file.at("sha256").get<std::string>());
  });
}

// "<name>-YYYYMMDD-HHMMSS", with a number behind it after a clash.
bool is_staging_of(std::string_view directory, std::string_view agent) {
  constexpr std::string_view k_shape = "dddddddd-dddddd";
  if (!directory.starts_with(agent) || directory.size() < agent.size() + 1 + k_shape.size() ||
      directory[agent.size()] != '-') {
    return false;
  }
  const std::string_view stamp = directory.substr(agent.size() + 1);
  for (std::size_t i = 0; i < k_shape.size(); ++i) {
    const bool digit = stamp[i] >= '0' && stamp[i] <= '9';
    if (k_shape[i] == 'd' ? !digit : stamp[i] != '-') {
      return false;
    }
  }
  return stamp.size() == k_shape.size() || stamp[k_shape.size()] == '-';
}

void note_drift(HostState& state) {
  const auto compare = [&](std::string what, const std::string& noted,
                           const std::optional<bundle::Digest>& there) {
    if (!noted.empty() && !has_digest(there, noted)) {
      state.drift.push_back({std::move(what), noted, hex_or_absent(there)});
    }
  };
  compare("definition", state.notes.definition_sha256, state.definition);
  compare("launcher", state.notes.launcher_sha256, state.launcher);
  const AgentPhase noted = state.notes.phase;
  const bool is_place = noted == AgentPhase::installed || noted == AgentPhase::enabled ||
                        noted == AgentPhase::running;
  if (is_place && noted != state.phase) {
    state.drift.push_back({"state", std::string(to_string(noted)), std::string(to_string(state.phase))});
  }
}

AgentPhase phase_of(const HostState& state) {
  const AgentPhase noted = state.notes.phase;
  if (state.running) {
    return AgentPhase::running;
  }
  const bool is_suspended = noted == AgentPhase::suspended || state.service.result == "start-limit-hit";
  if (state.definition && is_suspended) {
    return AgentPhase::suspended;
  }
  if (noted == AgentPhase::failed && state.definition) {
    return AgentPhase::failed;
  }
  if (state.enabled) {
    return AgentPhase::enabled;
  }
  if (state.installed) {
    return AgentPhase::installed;
  }
  if (noted == AgentPhase::quarantined && !state.definition) {
    return AgentPhase::quarantined;
  }
  return state.staged && !state.definition ? AgentPhase::staged : AgentPhase::absent;
}

}  // namespace

json::Value as_json(const Drift& drift) {
  return {{"reason", "state-drift"}, {"what", drift.what}, {"noted", drift.noted}, {"host", drift.there}};
}

bool has_own_override(const AgentPlaces& places) {
  if (read_state(places).own_override) {
    return true;
  }
  const auto text = host::read_file(places.state / "journal.jsonl", limits::k_journal_bytes_max);
  const auto journal = text ? parse_journal(*text) : Result<JournalText>(fail(text.error()));
  return journal && left_disabled(*journal);
}

fs::path find_staging(const fs::path& root, std::string_view agent) {
  std::vector<host::DirectoryEntry> entries = entries_of(root);
  // Names in byte order are in order of time.
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->kind == host::FileKind::directory && is_staging_of(entry->name, agent) &&
        manifest_fits(root / entry->name)) {
      return root / entry->name;
    }
  }
  return {};
}

HostState read_host_state(const host::Host& host, ServiceBackend& backend, const AgentSite& site,
                          HealthCheck health) {
  HostState state;
  state.notes = read_state(site.places);
  state.own_override = has_own_override(site.places);
  state.definition = digest_at(site.places.definition);
  state.launcher = digest_at(site.places.launcher);
  state.service = backend.status(site.service);
  state.installed = has_digest(state.definition, state.notes.definition_sha256) &&
                    has_digest(state.launcher, state.notes.launcher_sha256);
  state.enabled = state.definition && state.service.enabled;
  state.running = state.service.active &&
                  (health == HealthCheck::skip || is_healthy(host, site.declaration));
  state.staging = find_staging(site.places.staging_root, site.declaration.name);
  state.staged = !state.staging.empty() && !state.definition;
  state.phase = phase_of(state);
  note_drift(state);
  return state;
}

}  // namespace sourceos::runtime
