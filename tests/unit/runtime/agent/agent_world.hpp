// A host with one declared agent, whose Podman and service manager answer as the test wishes.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "bundle/digest.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "runtime/agent/declaration.hpp"
#include "runtime/agent/definition.hpp"
#include "runtime/agent/places.hpp"
#include "runtime/agent/preflight.hpp"
#include "runtime/agent/state.hpp"
#include "tests/support/fake_host.hpp"

namespace sourceos::tests {

inline const std::string k_image = "localhost/sample/agent:1";

class AgentWorld {
 public:
  explicit AgentWorld(const std::string& adapter = "linux") {
    host::Environment& environment = fake.host.environment;
    environment.adapter = adapter;
    if (adapter == "macos") {
      environment.config_root = environment.home / "Library/Application Support/SourceOS/test";
      environment.state_root = environment.home / "Library/Application Support/SourceOS/State/test";
    }
    document = {{"schemaVersion", "sourceos.local-agent.v1"}, {"name", "sample"}, {"image", k_image}};
    fake.processes.answer = [this](const host::ProcessRequest& request) { return answer(request); };
  }

  FakeHost fake;
  json::Value document;

  // --- what the tools say
  bool has_podman = true;
  std::string version = "podman version 5.2.1\n";
  std::string machines = R"([{"Name":"podman-machine-default","Running":true,"Default":true}])";
  host::ProcessOutcome info = exited(0, "{}");
  int image_exists = 0;
  host::ProcessOutcome container = exited(125);
  bool has_manager = true;
  std::string unit_show = "LoadState=not-found\nActiveState=inactive\nSubState=dead\n";
  std::string overrides = "disabled services = {\n}\n";
  host::ProcessOutcome launchd_print = exited(113);
  int lint_status = 0;

  [[nodiscard]] host::Host& host() { return fake.host; }
  [[nodiscard]] std::filesystem::path home() const { return fake.home.path(); }

  runtime::ReadDeclaration read() {
    const auto setting = runtime::setting_of(fake.host);
    return runtime::parse_declaration(document.dump(), home() / "sample.json", setting).value();
  }
  runtime::AgentPlaces places() { return runtime::places_of(read().declaration, fake.host); }

  // What `install` makes.
  void make_ready() {
    const runtime::Declaration d = read().declaration;
    std::filesystem::create_directories(d.app_log.parent_path());
    std::filesystem::create_directories(d.authfile.parent_path());
    fake.home.write(std::filesystem::relative(d.authfile, home()).string(), R"({"auths":{}})");
    std::filesystem::permissions(d.authfile, std::filesystem::perms(0600));
  }

  // Files and notes as they are after `install`.
  void install() {
    make_ready();
    const runtime::AgentPlaces at = places();
    const std::string definition =
        make_definition(read().declaration, runtime::platform_of(fake.host), at.launcher);
    const auto write = [&](const std::filesystem::path& file, const std::string& text) {
      fake.home.write(std::filesystem::relative(file, home()).string(), text);
    };
    write(at.definition, definition);
    write(at.launcher, "launcher");
    runtime::AgentState notes;
    notes.phase = runtime::AgentPhase::installed;
    notes.definition_sha256 = bundle::sha256(definition).hex();
    notes.launcher_sha256 = bundle::sha256("launcher").hex();
    (void)write_state(at, notes, fake.clock.now());
  }

  runtime::Preflight preflight(const runtime::PreflightSetting& setting = {}) {
    const auto backend = runtime::make_backend(fake.host);
    return runtime::run_preflight(fake.host, *backend, read(), setting);
  }

 private:
  static bool has(const std::vector<std::string>& argv, const char* word) {
    return std::find(argv.begin(), argv.end(), word) != argv.end();
  }

  host::ProcessOutcome answer(const host::ProcessRequest& request) const {
    const std::vector<std::string>& argv = request.argv;
    if (argv[0] == "podman") {
      return has_podman ? podman(argv) : host::missing_program();
    }
    if (argv[0] == "systemctl" && has_manager) {
      return has(argv, "show") ? exited(0, unit_show) : exited(0);
    }
    if (argv[0] == "launchctl" && has_manager) {
      return has(argv, "print-disabled") ? exited(0, overrides)
             : has(argv, "print")        ? launchd_print
                                         : exited(0);
    }
    if (argv[0] == "plutil") {
      return exited(lint_status);
    }
    return host::missing_program();
  }

  host::ProcessOutcome podman(const std::vector<std::string>& argv) const {
    if (has(argv, "--version")) {
      return exited(0, version);
    }
    if (has(argv, "machine")) {
      return exited(0, machines);
    }
    if (has(argv, "info")) {
      return info;
    }
    if (has(argv, "exists")) {
      return exited(image_exists);
    }
    return has(argv, "container") ? container : exited(0);
  }
};

// The checks with a status, by number.
inline std::vector<int> numbers(const runtime::Preflight& preflight, runtime::CheckStatus status) {
  std::vector<int> found;
  for (const runtime::Check& check : preflight.checks) {
    if (check.status == status) {
      found.push_back(check.number);
    }
  }
  return found;
}
inline const runtime::Check& check_of(const runtime::Preflight& preflight, int number) {
  return preflight.checks.at(static_cast<std::size_t>(number - 1));
}
inline bool has_rule(const std::vector<runtime::PolicyFinding>& findings, std::string_view rule) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const runtime::PolicyFinding& each) { return each.rule_id == rule; });
}

}  // namespace sourceos::tests
