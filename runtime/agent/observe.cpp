#include "runtime/agent/observe.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/tools/nix.hpp"
#include "runtime/agent/actions.hpp"
#include "runtime/agent/launcher.hpp"
#include "runtime/agent/podman_calls.hpp"
#include "runtime/agent/start_bound.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

AgentPhase phase_of(const Observation& seen, const Declaration& d) {
  // systemd keeps the result of the last exit when it refuses a further restart.
  const bool used_up = d.restart != RestartPolicy::manual && seen.service.state.starts_with("failed") &&
                       seen.starts_last_hour >= std::max<std::uint64_t>(d.restarts_per_hour_max, 1);
  const bool limit_hit = seen.service.result == "start-limit-hit" || used_up;
  if (seen.service.active && seen.health->ok) {
    return AgentPhase::running;
  }
  if (!seen.definition_exists) {
    const bool noted = seen.notes.phase == AgentPhase::quarantined || seen.notes.phase == AgentPhase::staged;
    return noted ? seen.notes.phase : AgentPhase::absent;
  }
  if (limit_hit || seen.notes.phase == AgentPhase::suspended) {
    return AgentPhase::suspended;
  }
  const bool was_given_up = seen.notes.phase == AgentPhase::failed && !seen.service.active;
  if (seen.service.state.starts_with("failed") || was_given_up) {
    return AgentPhase::failed;
  }
  return seen.service.enabled ? AgentPhase::enabled : AgentPhase::installed;
}

// The managers count from the last start by hand, which is noted, or from the boot after it. What is
// not noted was loaded just now: too strict rather than blind.
std::uint64_t hours_since_load(const AgentState& notes, const host::Clock& clock) {
  constexpr std::int64_t k_hour_ns = 3'600'000'000'000;
  const auto noted = parse_time(notes.updated_at);
  if (!noted) {
    return 1;
  }
  const std::int64_t up_ns = static_cast<std::int64_t>(clock.boot_ms()) * 1'000'000;
  const std::int64_t since_ns = std::min(clock.now().nanoseconds - noted->nanoseconds, up_ns);
  return since_ns < k_hour_ns ? 1 : static_cast<std::uint64_t>(since_ns / k_hour_ns);
}

// Empty when the manager does not say it.
std::string since_when(const ServiceStatus& service, const host::Clock& clock) {
  if (!service.active_since_s) {
    return {};
  }
  constexpr std::int64_t k_second_ns = 1'000'000'000;
  const auto ago_ns = static_cast<std::int64_t>(*service.active_since_s) * k_second_ns;
  return format_seconds({clock.now().nanoseconds - ago_ns});
}

// Between two starts nothing of it lives, whatever the manager calls that.
bool waits_for_restart(const ServiceStatus& service) {
  return service.state.find("auto-restart") != std::string::npos;
}

// Why it is not running, beyond what the notes say.
std::string reason_of(const Observation& seen) {
  if (!seen.service.reachable) {
    return seen.service.unreachable_reason;
  }
  if (seen.health && !seen.health->ok) {
    return waits_for_restart(seen.service) ? "restarting" : "unhealthy";
  }
  return seen.notes.reason;
}

bool is_writable_by_others(const host::FileFacts& facts, const host::Host& host, AgentScope scope) {
  constexpr std::uint32_t k_others_write = 0022;
  const bool is_own = facts.uid == 0 || (scope == AgentScope::user && facts.uid == host.environment.uid);
  return (facts.mode & k_others_write) != 0 || !is_own;
}

std::string permission_problem(const host::Host& host, const AgentPlaces& places, AgentScope scope) {
  for (const auto& [what, path] : {std::pair{"definition", &places.definition}, std::pair{"launcher", &places.launcher}}) {
    const auto facts = host::describe(*path);
    if (facts && facts->kind == host::FileKind::regular && is_writable_by_others(*facts, host, scope)) {
      return fmt::format("the {} may be written by others: mode {:04o}, owner {}", what, facts->mode,
                         facts->uid == host.environment.uid ? "this account"
                         : facts->uid == 0                  ? "root"
                                                            : "another account");
    }
  }
  return {};
}

// The manager may name the same file by its real path; a mask is a file of its own.
bool is_of_another_file(const ServiceStatus& service, const fs::path& definition) {
  std::error_code ignored;
  return !service.loaded_from.empty() && !service.disabled_override && service.loaded_from != definition &&
         !fs::equivalent(service.loaded_from, definition, ignored);
}

bool is_changed(const fs::path& file, const std::string& noted) {
  const auto digest = digest_of(file);
  return digest && !noted.empty() && digest->hex() != noted;
}

json::Value or_null(const std::string& text, const Redactor& redact) {
  return text.empty() ? json::Value() : json::Value(redact(text));
}

json::Value service_json(const ServiceStatus& status, const Redactor& redact) {
  json::Value row = as_json(status);
  for (const char* key : {"state", "result", "lastExit", "loadedFrom"}) {
    if (row.at(key).is_string()) {
      row[key] = redact(row.at(key).get<std::string>());
    }
  }
  for (json::Value& path : row["dropIns"]) {
    path = redact(path.get<std::string>());
  }
  return row;
}

}  // namespace

Observation observe(const host::Host& host, ServiceBackend& backend, const ReadDeclaration& agent) {
  Observation seen;
  const AgentPlaces places = places_of(agent.declaration, host);
  seen.notes = read_state(places);
  seen.service = backend.status(service_ref(agent.declaration, host));
  seen.since = since_when(seen.service, host.clock);
  seen.definition_exists = host::describe(places.definition).has_value();
  seen.launcher_exists = host::describe(places.launcher).has_value();
  seen.definition_changed = is_changed(places.definition, seen.notes.definition_sha256);
  seen.launcher_changed = is_changed(places.launcher, seen.notes.launcher_sha256);
  seen.permissions = permission_problem(host, places, agent.declaration.scope);
  ContainerLook look = look_at_container(host, agent.declaration);
  seen.container = std::move(look.container);
  seen.container_unknown = std::move(look.unknown);
  if (seen.service.active) {
    seen.health = waits_for_restart(seen.service)
                      ? Health{.ok = false, .detail = "it ended and waits to be started again"}
                      : judge_health(host, agent.declaration, seen.container);
    const bool needs_container = agent.declaration.health_type == HealthType::podman_container;
    if (needs_container && !seen.health->ok && !seen.container_unknown.empty()) {
      seen.health->detail = "whether its container runs is not known: " + seen.container_unknown;
    }
  }
  seen.starts_last_hour = starts_within_an_hour(places, host.clock.now());
  seen.complaint = seen.service.active ? std::string() : launcher_complaint(agent.declaration);
  for (const fs::path& file : {places.definition, places.legacy_plist}) {
    if (file.empty() || !host::describe(file)) {
      continue;
    }
    const RuleSetting rules = rule_setting(host, &agent.declaration);
    if (auto findings = check_definition_file(file, rules)) {
      std::ranges::move(*findings, std::back_inserter(seen.findings));
    }
    std::ranges::move(check_program_of(file, host, rules), std::back_inserter(seen.findings));
  }
  if (seen.service.runs) {
    const auto excess = check_run_count(*seen.service.runs, agent.declaration.restarts_per_hour_max,
                                        hours_since_load(seen.notes, host.clock), places.definition);
    if (excess) {
      seen.findings.push_back(*excess);
    }
  }
  seen.phase = phase_of(seen, agent.declaration);
  const bool noted_there = seen.notes.phase != AgentPhase::absent && seen.notes.phase != AgentPhase::staged &&
                           seen.notes.phase != AgentPhase::quarantined;
  if (is_of_another_file(seen.service, places.definition)) {
    seen.drift = fmt::format("{} has another definition under this label: '{}'", backend.name(),
                             seen.service.loaded_from.string());
  } else if (seen.definition_changed) {
    seen.drift = "the definition is not the one that was installed";
  } else if (seen.launcher_changed) {
    seen.drift = "the launcher is not the one that was installed";
  } else if (seen.definition_exists && !seen.launcher_exists) {
    seen.drift = "the definition is there, and the launcher that it starts is not";
  } else if (noted_there && !seen.definition_exists) {
    seen.drift = fmt::format("noted as {}, but there is no definition", to_string(seen.notes.phase));
  } else if (seen.service.reachable && seen.notes.phase == AgentPhase::running &&
             seen.phase != AgentPhase::running) {
    seen.drift = fmt::format("noted as running, but it is {}", to_string(seen.phase));
  } else if (seen.phase == AgentPhase::running && !seen.service.enabled) {
    seen.drift = "it runs, but it is not enabled";
  }
  return seen;
}

json::Value as_json(const Observation& seen, const ReadDeclaration& agent, const host::Host& host,
                    const Redactor& redact) {
  const Declaration& d = agent.declaration;
  const AgentPlaces places = places_of(d, host);
  json::Value findings = json::Value::array();
  for (const PolicyFinding& finding : seen.findings) {
    findings.push_back(as_json(finding, redact));
  }
  const auto log = [&](const fs::path& path) {
    return path.empty() ? json::Value("journal") : json::Value(redact(path.string()));
  };
  return {{"name", d.name},
          {"state", to_string(seen.phase)},
          {"scope", to_string(d.scope)},
          {"runtime", to_string(d.runtime)},
          {"label", d.label},
          {"unit", places.unit},
          {"definition", redact(places.definition.string())},
          {"definitionExists", seen.definition_exists},
          {"launcher", redact(places.launcher.string())},
          {"image", or_null(d.image, redact)},
          {"containerName", d.container_name},
          {"container", seen.container ? json::Value(redact(seen.container->state)) : json::Value()},
          {"containerUnknown", or_null(seen.container_unknown, redact)},
          {"declaration", redact(agent.file.string())},
          {"declarationHash", agent.hash},
          {"valid", agent.is_valid()},
          {"enabled", d.enable},
          {"authMode", to_string(d.auth_mode)},
          {"restart", to_string(d.restart)},
          {"maxRestartsPerHour", d.restarts_per_hour_max},
          {"service", service_json(seen.service, redact)},
          {"stateSince", or_null(seen.since, redact)},
          {"states",
           {{"staged", seen.notes.phase == AgentPhase::staged},
            {"installed", seen.definition_exists},
            {"enabled", seen.service.enabled},
            {"running", seen.phase == AgentPhase::running}}},
          {"lastExit", or_null(seen.service.last_exit, redact)},
          {"lastResult", or_null(seen.service.result, redact)},
          {"runCount", seen.service.runs ? json::Value(*seen.service.runs) : json::Value()},
          {"startsLastHour", seen.starts_last_hour},
          {"launcherSays", or_null(seen.complaint, redact)},
          {"reason", or_null(reason_of(seen), redact)},
          {"failure", or_null(seen.phase == AgentPhase::failed ? seen.notes.detail : "", redact)},
          {"health", seen.health ? json::Value({{"ok", seen.health->ok}, {"detail", redact(seen.health->detail)}})
                                 : json::Value()},
          {"permissions", or_null(seen.permissions, redact)},
          {"drift", seen.drift.empty() ? json::Value()
                                       : json::Value({{"reason", "state-drift"},
                                                      {"noted", to_string(seen.notes.phase)},
                                                      {"host", to_string(seen.phase)},
                                                      {"detail", seen.drift}})},
          {"logs", {{"app", log(d.app_log)}, {"stdout", log(d.stdout_log)}, {"stderr", log(d.stderr_log)}}},
          {"lastBundle", or_null(seen.notes.last_bundle, redact)},
          {"lastQuarantine", or_null(seen.notes.last_quarantine, redact)},
          {"findings", std::move(findings)}};
}

json::Value definition_of_done(const Observation& seen, const Preflight& preflight,
                               const ReadDeclaration& agent) {
  const Declaration& d = agent.declaration;
  const auto passes = [&](int number) {
    return preflight.checks.at(static_cast<std::size_t>(number - 1)).status != CheckStatus::fail;
  };
  const bool bounded = !has_high(seen.findings) && passes(17);
  const std::array lines = {
      std::pair{"installed by this tool", seen.definition_exists && !seen.notes.definition_sha256.empty()},
      std::pair{"preflight passes", preflight.passed()},
      std::pair{"scope declared", true},
      std::pair{"cannot restart without limit", bounded},
      std::pair{"logs not in a temporary directory", preflight.checks.at(13).reason != "log-dir-tmp"},
      std::pair{"auth works without a person",
                passes(11) && passes(12) && d.auth_mode != AuthMode::service_account},
      std::pair{"status, logs, doctor, quarantine and uninstall work on it", agent.is_valid()},
      std::pair{"understood from status alone", seen.drift.empty()},
      std::pair{"does nothing when a dependency is missing", passes(18)}};
  json::Value rows = json::Value::array();
  for (const auto& [line, holds] : lines) {
    rows.push_back({{"line", line}, {"holds", holds}});
  }
  return rows;
}

json::Value nix_source(const host::Host& host, const ReadDeclaration& agent, const Redactor& redact) {
  const Declaration& d = agent.declaration;
  const std::string program = d.command.empty() ? std::string() : d.command.front();
  const bool from_store = agent.file.string().find("/nix/store/") != std::string::npos ||
                          program.starts_with("/nix/store/");
  if (!from_store) {
    return {};
  }
  json::Value profiles = json::Value::array();
  for (const host::NixProfile& profile : host::read_nix_profiles(host.environment)) {
    profiles.push_back({{"name", profile.name},
                        {"generation", profile.generation ? json::Value(*profile.generation) : json::Value()},
                        {"storePath", profile.store_path ? json::Value(redact(*profile.store_path)) : json::Value()}});
  }
  const std::string path = program.empty() ? agent.file.string() : program;
  std::error_code ignored;
  return {{"storePath", redact(path)},
          {"exists", fs::exists(host::system_path(host.environment, path), ignored)},
          {"profiles", std::move(profiles)}};
}

}  // namespace sourceos::runtime
