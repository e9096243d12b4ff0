// The resolved declaration as a document, and its names.
#include "bundle/digest.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "runtime/agent/declaration.hpp"

namespace sourceos::runtime {

namespace {

json::Value words_or_null(const std::vector<std::string>& words) {
  return words.empty() ? json::Value() : json::Value(words);
}

json::Value text_or_null(const std::optional<std::string>& text) {
  return text ? json::Value(*text) : json::Value();
}

json::Value log_of(const std::filesystem::path& path) {
  return path.empty() ? std::string("journal") : path.string();
}

json::Value waivers_of(const Declaration& d) {
  json::Value list = json::Value::array();
  for (const Waiver& waiver : d.waivers) {
    list.push_back({{"ruleId", waiver.rule_id},
                    {"justification", waiver.justification},
                    {"approvedBy", waiver.approved_by},
                    {"expiresAt", waiver.expires_at}});
  }
  return list;
}

// Optional places, and what only the grouped shape can say.
void add_places(const Declaration& d, json::Value& record) {
  json::Value launchd = json::Value::object();
  if (!d.launchd_plist.empty()) {
    launchd["plist"] = d.launchd_plist.string();
  }
  if (!d.legacy_system_plist.empty()) {
    launchd["legacySystemPlist"] = d.legacy_system_plist.string();
  }
  record["macos"] = {{"launchd", launchd}};
  record["linux"] = {{"quadlet", d.quadlet}};
  if (!d.systemd_user_unit.empty()) {
    record["linux"]["systemdUserUnit"] = d.systemd_user_unit.string();
  }
  const Declaration plain;
  if (d.restart_delay_s != plain.restart_delay_s) {
    record["linux"]["restartSec"] = d.restart_delay_s;
  }
  if (d.restart_interval_s != plain.restart_interval_s) {
    record["linux"]["startLimitIntervalSec"] = d.restart_interval_s;
  }
}

}  // namespace

std::string_view to_string(Platform platform) {
  return platform == Platform::macos ? "macos" : "linux";
}

std::string_view to_string(AgentScope scope) {
  return scope == AgentScope::user ? "user" : "system";
}

std::string_view to_string(AgentRuntime runtime) {
  switch (runtime) {
    case AgentRuntime::podman: return "podman";
    case AgentRuntime::native: return "native";
    case AgentRuntime::nix_app: return "nix-app";
    case AgentRuntime::systemd: return "systemd";
  }
  return "";
}

std::string_view to_string(AuthMode mode) {
  switch (mode) {
    case AuthMode::empty_authfile: return "empty-authfile";
    case AuthMode::service_account: return "service-account";
    case AuthMode::none: return "none";
    case AuthMode::forbidden_ambient: return "forbidden-ambient";
  }
  return "";
}

std::string_view to_string(PullPolicy pull) {
  switch (pull) {
    case PullPolicy::never: return "never";
    case PullPolicy::explicitly: return "explicit";
    case PullPolicy::always: return "always";
  }
  return "";
}

std::string_view to_string(RestartPolicy restart) {
  switch (restart) {
    case RestartPolicy::manual: return "manual";
    case RestartPolicy::bounded: return "bounded";
    case RestartPolicy::supervised: return "supervised";
  }
  return "";
}

std::string_view to_string(HealthType type) {
  switch (type) {
    case HealthType::podman_container: return "podman-container";
    case HealthType::command: return "command";
    case HealthType::none: return "none";
  }
  return "";
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::low: return "low";
    case Severity::medium: return "medium";
    case Severity::high: return "high";
  }
  return "";
}

json::Value as_json(const DeclarationFinding& finding) {
  return {{"path", finding.path},
          {"field", finding.field},
          {"severity", to_string(finding.severity)},
          {"message", finding.message}};
}

json::Value as_json(const Declaration& d) {
  json::Value record = {
      {"schemaVersion", "sourceos.local-agent.v1"},
      {"name", d.name},
      {"label", d.label},
      {"enable", d.enable},
      {"scope", to_string(d.scope)},
      {"runtime", to_string(d.runtime)},
      {"command", words_or_null(d.command)},
      {"sourceImage", text_or_null(d.source_image)},
      {"containerName", d.container_name},
      {"owner",
       {{"project", d.owner_project},
        {"component", d.owner_component},
        {"contact", d.owner_contact}}},
      {"auth",
       {{"mode", to_string(d.auth_mode)},
        {"authfile", d.authfile.string()},
        {"serviceAccountRef", text_or_null(d.service_account_ref)},
        {"allowAmbientDockerConfig", d.allow_ambient_docker_config},
        {"allowInteractiveCredentialHelper", d.allow_interactive_helper}}},
      {"podman",
       {{"connection", text_or_null(d.connection)},
        {"pull", to_string(d.pull)},
        {"requireMachine", d.require_machine},
        {"requireLocalImage", d.require_local_image},
        {"rootless", d.rootless}}},
      {"lifecycle",
       {{"runAtLoad", d.run_at_load},
        {"keepAlive", d.keep_alive},
        {"restart", to_string(d.restart)},
        {"maxRestartsPerHour", d.restarts_per_hour_max},
        {"startupTimeoutSeconds", d.startup_timeout_s},
        {"shutdownTimeoutSeconds", d.shutdown_timeout_s}}},
      {"logs",
       {{"app", d.app_log.string()},
        {"stdout", log_of(d.stdout_log)},
        {"stderr", log_of(d.stderr_log)}}},
      {"health",
       {{"type", to_string(d.health_type)},
        {"expected", d.health_expected},
        {"command", words_or_null(d.health_command)}}},
      {"quarantine",
       {{"captureServiceDefinition", d.capture_definition},
        {"captureLogs", d.capture_logs},
        {"captureRuntimeState", d.capture_runtime_state},
        {"captureImageMetadata", d.capture_image},
        {"captureRedactedAuthConfig", d.capture_auth}}},
      {"waivers", waivers_of(d)}};
  if (!d.image.empty()) {
    record["image"] = d.image;
  }
  add_places(d, record);
  return record;
}

std::string declaration_hash(const Declaration& declaration) {
  // The resolved form holds strings, booleans and small numbers only: canonical writing cannot fail
  // but for text that is no UTF-8, which reading has refused.
  const auto bytes = json::write_canonical(as_json(declaration));
  return bundle::sha256(bytes.value_or(std::string())).text();
}

}  // namespace sourceos::runtime
