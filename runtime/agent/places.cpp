#include "runtime/agent/places.hpp"

#include <fmt/format.h>

#include "host/environment.hpp"
#include "host/host.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

// host::read_environment puts keys and stores of test runs below "<root>/test"; agents are the same.
fs::path without_test(const fs::path& root, const host::Environment& environment) {
  return environment.test_seams && root.filename() == "test" ? root.parent_path() : root;
}

fs::path definition_path(const Declaration& d, const host::Host& host) {
  const host::Environment& environment = host.environment;
  if (platform_of(host) == Platform::macos) {
    const std::string file = d.label + ".plist";
    if (d.scope == AgentScope::system) {
      return host::system_path(environment, "/Library/LaunchDaemons") / file;
    }
    return d.launchd_plist.empty() ? environment.home / "Library/LaunchAgents" / file
                                   : d.launchd_plist;
  }
  const std::string file = unit_name(d.name);
  if (d.scope == AgentScope::system) {
    return host::system_path(environment, "/etc/systemd/system") / file;
  }
  const std::string* config = host::find_variable(environment, "XDG_CONFIG_HOME");
  const fs::path base = config != nullptr && config->starts_with('/') ? fs::path(*config)
                                                                      : environment.home / ".config";
  return d.systemd_user_unit.empty() ? base / "systemd/user" / file : d.systemd_user_unit;
}

fs::path legacy_path(const Declaration& d, const host::Host& host) {
  if (platform_of(host) != Platform::macos) {
    return {};
  }
  const std::string declared = d.legacy_system_plist.empty()
                                   ? fmt::format("/Library/LaunchAgents/{}.plist", d.label)
                                   : d.legacy_system_plist.string();
  return host::system_path(host.environment, declared);
}

}  // namespace

fs::path agent_config_root(const host::Host& host) {
  return without_test(host.environment.config_root, host.environment);
}

fs::path agent_state_root(const host::Host& host) {
  return without_test(host.environment.state_root, host.environment);
}

Platform platform_of(const host::Host& host) {
  return host.environment.adapter == "macos" ? Platform::macos : Platform::linux_systemd;
}

std::string unit_name(std::string_view agent) { return fmt::format("sourceos-agent@{}.service", agent); }

AgentPlaces places_of(const Declaration& d, const host::Host& host) {
  const fs::path& home = host.environment.home;
  const bool macos = platform_of(host) == Platform::macos;
  AgentPlaces places;
  places.launcher = (macos ? home / "Library/Application Support/SourceOS/agents"
                           : home / ".local/share/sourceos/agents") /
                    d.name / "launch";
  places.definition = definition_path(d, host);
  places.state = agent_state_root(host) / "agents" / d.name;
  places.held = places.state / "held";
  places.legacy_plist = legacy_path(d, host);
  places.staging_root = agent_state_root(host) / "staging";
  places.quarantine_root =
      macos ? home / "Desktop/sourceos-quarantine" : agent_state_root(host) / "quarantine";
  // A declared unit file names the unit that the manager knows.
  const bool is_declared = !macos && d.scope == AgentScope::user && !d.systemd_user_unit.empty();
  places.unit = is_declared ? places.definition.filename().string() : unit_name(d.name);
  return places;
}

AgentPlaces places_of_name(std::string_view name, const host::Host& host) {
  Declaration declaration;
  declaration.name = name;
  declaration.label = fmt::format("org.sourceos.agent.{}", name);
  return places_of(declaration, host);
}

}  // namespace sourceos::runtime
