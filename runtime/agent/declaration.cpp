// Reading a declaration: each field is taken by name, and what is left over is unknown.
#include "runtime/agent/declaration.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/host.hpp"
#include "runtime/agent/declaration_checks.hpp"
#include "runtime/agent/declaration_fields.hpp"
#include "runtime/agent/declaration_shapes.hpp"
#include "runtime/agent/places.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_schema_version = "sourceos.local-agent.v1";

// --- fields

Status read_groups(DeclarationFields& top, Declaration& d, std::array<std::string, 4>& paths) {
  static const json::Value k_empty = json::Value::object();
  const auto group = [&](const char* name) -> const json::Value& {
    const json::Value* value = top.take(name);
    return value == nullptr ? k_empty : *value;
  };
  DeclarationFields owner(group("owner"), "owner");
  owner.text("project", d.owner_project);
  owner.text("component", d.owner_component);
  owner.text("contact", d.owner_contact);
  SOURCEOS_TRY(owner.finish());

  DeclarationFields auth(group("auth"), "auth");
  auth.choice("mode", d.auth_mode,
              std::array{AuthMode::empty_authfile, AuthMode::service_account, AuthMode::none,
                         AuthMode::forbidden_ambient});
  auth.text("authfile", paths[0]);
  auth.text_or_null("serviceAccountRef", d.service_account_ref);
  auth.flag("allowAmbientDockerConfig", d.allow_ambient_docker_config);
  auth.flag("allowInteractiveCredentialHelper", d.allow_interactive_helper);
  SOURCEOS_TRY(auth.finish());

  DeclarationFields podman(group("podman"), "podman");
  podman.text_or_null("connection", d.connection);
  podman.choice("pull", d.pull,
                std::array{PullPolicy::never, PullPolicy::explicitly, PullPolicy::always});
  podman.flag("requireMachine", d.require_machine);
  podman.flag("requireLocalImage", d.require_local_image);
  podman.flag("rootless", d.rootless);
  SOURCEOS_TRY(podman.finish());

  DeclarationFields lifecycle(group("lifecycle"), "lifecycle");
  lifecycle.flag("runAtLoad", d.run_at_load);
  lifecycle.flag("keepAlive", d.keep_alive);
  lifecycle.choice("restart", d.restart,
                   std::array{RestartPolicy::manual, RestartPolicy::bounded,
                              RestartPolicy::supervised});
  lifecycle.number("maxRestartsPerHour", d.restarts_per_hour_max, 0, 60);
  lifecycle.number("startupTimeoutSeconds", d.startup_timeout_s, 1, 600);
  lifecycle.number("shutdownTimeoutSeconds", d.shutdown_timeout_s, 1, 600);
  SOURCEOS_TRY(lifecycle.finish());

  DeclarationFields logs(group("logs"), "logs");
  logs.text("app", paths[1]);
  logs.text("stdout", paths[2]);
  logs.text("stderr", paths[3]);
  SOURCEOS_TRY(logs.finish());

  DeclarationFields health(group("health"), "health");
  health.choice("type", d.health_type,
                std::array{HealthType::podman_container, HealthType::command, HealthType::none});
  health.text("expected", d.health_expected);
  health.words("command", d.health_command);
  SOURCEOS_TRY(health.finish());

  DeclarationFields quarantine(group("quarantine"), "quarantine");
  quarantine.flag("captureServiceDefinition", d.capture_definition);
  quarantine.flag("captureLogs", d.capture_logs);
  quarantine.flag("captureRuntimeState", d.capture_runtime_state);
  quarantine.flag("captureImageMetadata", d.capture_image);
  quarantine.flag("captureRedactedAuthConfig", d.capture_auth);
  return quarantine.finish();
}

Status read_places(DeclarationFields& top, std::array<std::string, 3>& paths, bool& quadlet) {
  if (const json::Value* macos = top.take("macos")) {
    DeclarationFields outer(*macos, "macos");
    const json::Value* inner = outer.take("launchd");
    SOURCEOS_TRY(outer.finish());
    if (inner != nullptr) {
      DeclarationFields launchd(*inner, "macos.launchd");
      launchd.text("plist", paths[0]);
      launchd.text("legacySystemPlist", paths[1]);
      SOURCEOS_TRY(launchd.finish());
    }
  }
  if (const json::Value* group = top.take("linux")) {
    DeclarationFields fields(*group, "linux");
    fields.text("systemdUserUnit", paths[2]);
    fields.flag("quadlet", quadlet);
    SOURCEOS_TRY(fields.finish());
  }
  return {};
}

Status read_waivers(DeclarationFields& top, const DeclarationSetting& setting, std::vector<Waiver>& waivers) {
  const json::Value* list = top.take("waivers");
  if (list == nullptr) {
    return {};
  }
  if (!list->is_array()) {
    return invalid_declaration("expected 'waivers' to be a list");
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    Waiver waiver;
    DeclarationFields fields(list->at(i), fmt::format("waivers.{}", i));
    fields.text("ruleId", waiver.rule_id);
    fields.text("justification", waiver.justification);
    fields.text("approvedBy", waiver.approved_by);
    fields.text("expiresAt", waiver.expires_at);
    SOURCEOS_TRY(fields.finish());
    // A day alone means its end.
    const std::string until = waiver.expires_at.size() == 10 ? waiver.expires_at + "T23:59:59Z"
                                                             : waiver.expires_at;
    const auto expires = parse_time(until);
    waiver.in_force = !text::trim(waiver.justification).empty() && expires && *expires > setting.now;
    waivers.push_back(std::move(waiver));
  }
  return {};
}

// --- paths: $HOME and a leading ~ are the only variables

Result<fs::path> expand(const char* field, const std::string& raw, const DeclarationSetting& setting) {
  std::string whole = raw;
  if (whole == "~" || whole.starts_with("~/")) {
    whole.replace(0, 1, setting.home.string());
  } else if (whole == "$HOME" || whole.starts_with("$HOME/")) {
    whole.replace(0, 5, setting.home.string());
  } else if (whole.starts_with("${HOME}/")) {
    whole.replace(0, 7, setting.home.string());
  }
  if (!whole.starts_with('/') || raw.find('$', raw.starts_with('$') ? 1 : 0) != std::string::npos) {
    return invalid_declaration(fmt::format("expected '{}' to be an absolute path or one below $HOME", field));
  }
  const fs::path path = whole;
  if (std::ranges::find(path, fs::path("..")) != path.end()) {
    return invalid_declaration(fmt::format("expected '{}' to have no '..' in it", field));
  }
  return path.lexically_normal();
}

Status expand_logs(const std::array<std::string, 4>& raw, const DeclarationSetting& setting,
                   Declaration& d) {
  const bool macos = setting.platform == Platform::macos;
  const std::string base = macos ? "$HOME/Library/Logs/SourceOS/" + d.name
                                 : "$HOME/.local/state/sourceos/logs/" + d.name;
  const auto or_default = [&](const std::string& said, const std::string& normal) {
    return said.empty() ? normal : said;
  };
  SOURCEOS_TRY_ASSIGN(d.authfile,
                      expand("auth.authfile",
                             or_default(raw[0], "$HOME/.config/containers/sourceos-empty-auth.json"),
                             setting));
  SOURCEOS_TRY_ASSIGN(d.app_log, expand("logs.app", or_default(raw[1], base + ".log"), setting));
  const std::array<std::pair<const char*, fs::path*>, 2> streams = {
      std::pair{"logs.stdout", &d.stdout_log}, std::pair{"logs.stderr", &d.stderr_log}};
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const std::string normal = macos ? base + (i == 0 ? ".launchd.out.log" : ".launchd.err.log") : "";
    const std::string said = or_default(raw[i + 2], normal);
    if (!said.empty() && said != "journal") {
      SOURCEOS_TRY_ASSIGN(*streams[i].second, expand(streams[i].first, said, setting));
    }
  }
  return {};
}

Status expand_places(const std::array<std::string, 3>& raw, const DeclarationSetting& setting,
                     Declaration& d) {
  const std::array<std::pair<const char*, fs::path*>, 3> all = {
      std::pair{"macos.launchd.plist", &d.launchd_plist},
      std::pair{"macos.launchd.legacySystemPlist", &d.legacy_system_plist},
      std::pair{"linux.systemdUserUnit", &d.systemd_user_unit}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!raw[i].empty()) {
      SOURCEOS_TRY_ASSIGN(*all[i].second, expand(all[i].first, raw[i], setting));
    }
  }
  return {};
}

Status read_extra(const json::Value& extra, Declaration& d) {
  DeclarationFields fields(extra, "linux");
  fields.number("restartSec", d.restart_delay_s, 1, 600);
  fields.number("startLimitIntervalSec", d.restart_interval_s, 10, 86'400);
  return fields.finish();
}

Result<Declaration> read_record(const json::Value& record, const json::Value& extra,
                                const DeclarationSetting& setting) {
  Declaration d;
  DeclarationFields top(record, "");
  std::string version;
  top.text("schemaVersion", version);
  if (version != k_schema_version) {
    return invalid_declaration(fmt::format("expected 'schemaVersion' to be '{}'", k_schema_version));
  }
  top.text("name", d.name);
  if (!is_agent_name(d.name)) {
    return invalid_declaration("expected 'name' to be 1 to 63 of a-z, 0-9 and '-', the first no '-'");
  }
  const bool macos = setting.platform == Platform::macos;
  d.label = "org.sourceos.agent." + d.name;
  d.container_name = d.name;
  d.require_machine = macos;
  if (macos) {
    d.connection = "podman-machine-default";
  }
  top.text("label", d.label);
  top.flag("enable", d.enable);
  top.choice("scope", d.scope, std::array{AgentScope::user, AgentScope::system});
  top.choice("runtime", d.runtime,
             std::array{AgentRuntime::podman, AgentRuntime::native, AgentRuntime::nix_app,
                        AgentRuntime::systemd});
  top.words("command", d.command);
  top.text("image", d.image);
  top.text_or_null("sourceImage", d.source_image);
  top.text("containerName", d.container_name);
  std::array<std::string, 4> logs;
  SOURCEOS_TRY(read_groups(top, d, logs));
  std::array<std::string, 3> places;
  SOURCEOS_TRY(read_places(top, places, d.quadlet));
  SOURCEOS_TRY(read_waivers(top, setting, d.waivers));
  SOURCEOS_TRY(read_extra(extra, d));
  SOURCEOS_TRY(top.finish());
  SOURCEOS_TRY(expand_logs(logs, setting, d));
  SOURCEOS_TRY(expand_places(places, setting, d));
  SOURCEOS_TRY(check_grammar(d));
  SOURCEOS_TRY(check_places(d));
  return d;
}

}  // namespace

DeclarationSetting setting_of(const host::Host& host) {
  DeclarationSetting setting;
  setting.platform = platform_of(host);
  setting.home = host.environment.home;
  setting.state_root = agent_state_root(host);
  if (const std::string* directory = host::find_variable(host.environment, "TMPDIR")) {
    setting.temporary_directory = *directory;
  }
  setting.now = host.clock.now();
  return setting;
}

bool is_agent_name(std::string_view name) {
  constexpr std::size_t k_name_bytes_max = 63;
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= k_name_bytes_max && is_word(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_word(c) || c == '-'; });
}

const Waiver* Declaration::waiver(std::string_view rule_id) const {
  const auto found = std::ranges::find_if(
      waivers, [&](const Waiver& each) { return each.rule_id == rule_id && each.in_force; });
  return found == waivers.end() ? nullptr : &*found;
}

bool ReadDeclaration::is_valid() const {
  return std::ranges::none_of(
      findings, [](const DeclarationFinding& each) { return each.severity == Severity::high; });
}

Result<ReadDeclaration> parse_declaration(std::string_view text, const fs::path& file,
                                          const DeclarationSetting& setting) {
  Result<json::Value> parsed =
      json::parse(text, {.bytes_max = limits::k_config_file_bytes_max});
  if (!parsed) {
    return invalid_declaration("not a JSON document: " + parsed.error().message);
  }
  if (!parsed->is_object()) {
    return invalid_declaration("expected a JSON object");
  }
  json::Value extra = json::Value::object();
  SOURCEOS_TRY(unify_shapes(*parsed, extra, setting.platform, file.filename().string()));
  ReadDeclaration read;
  SOURCEOS_TRY_ASSIGN(read.declaration, read_record(*parsed, extra, setting));
  read.file = file;
  read.hash = declaration_hash(read.declaration);
  read.findings = check_declaration(read.declaration, file, setting);
  return read;
}

}  // namespace sourceos::runtime
