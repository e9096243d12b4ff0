// A host with one declared agent, a service manager in a file and evidence in a file: what is left
// of them after a process died can be looked at, and a next process can go on from there.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/json/json.hpp"
#include "host/fault.hpp"
#include "host/interrupt.hpp"
#include "runtime/activation/activation.hpp"
#include "runtime/agent/state.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/unit/runtime/activation/model_backend.hpp"

namespace sourceos::tests {

// Intents, one a line, and bundles, each a file.
class FileEvidence final : public runtime::Evidence {
 public:
  explicit FileEvidence(std::filesystem::path directory) : directory_(std::move(directory)) {
    std::filesystem::create_directories(directory_);
  }
  [[nodiscard]] Status intend(const json::Value& document) override {
    std::ofstream(directory_ / "intents", std::ios::app) << document.dump() << "\n";
    return {};
  }
  [[nodiscard]] Result<bool> knows(std::string_view transaction) override {
    return read_file(directory_ / "intents").find(transaction) != std::string::npos;
  }
  [[nodiscard]] Result<std::string> seal(const runtime::ActivationReport& report) override {
    std::ofstream(directory_ / "bundle.json")
        << as_json(report, [](std::string_view text) { return std::string(text); }).dump();
    return "sha256:" + report.transaction;
  }
  [[nodiscard]] json::Value bundle() const {
    std::ifstream in(directory_ / "bundle.json");
    return json::Value::parse(in, nullptr, false);
  }
  void forget_bundle() const { std::filesystem::remove(directory_ / "bundle.json"); }

 private:
  std::filesystem::path directory_;
};

class ActivationWorld {
 public:
  explicit ActivationWorld(runtime::Platform platform = runtime::Platform::linux_systemd)
      : backend(platform, fake.home / "manager.json"), evidence(fake.home / "evidence") {
    host::Environment& environment = fake.host.environment;
    environment.adapter = platform == runtime::Platform::macos ? "macos" : "linux";
    std::filesystem::permissions(fake.home.path(), std::filesystem::perms::owner_all);
    document = {{"schemaVersion", "sourceos.local-agent.v1"},
                {"name", "sample"},
                {"image", "localhost/sample/agent:1"},
                {"podman", {{"requireMachine", false}, {"connection", nullptr}}},
                {"lifecycle", {{"restart", "bounded"}}}};
    fake.processes.answer = [this](const host::ProcessRequest& request) { return answer(request); };
  }

  FakeHost fake;
  ModelBackend backend;
  FileEvidence evidence;
  json::Value document;
  runtime::ActivationOptions options;
  int image_exists = 0;
  bool is_container_healthy = true;
  std::vector<std::string> quarantined;

  [[nodiscard]] host::Host& host() { return fake.host; }

  runtime::ReadDeclaration read() {
    return runtime::parse_declaration(document.dump(), fake.home / "sample.json",
                                      runtime::setting_of(fake.host))
        .value();
  }
  runtime::AgentSite site() { return runtime::AgentSite::of(read().declaration, fake.host); }

  runtime::ActivationPorts ports() {
    return {.host = fake.host,
            .backend = backend,
            .evidence = evidence,
            .redact = [](std::string_view text) { return std::string(text); },
            .quarantine = [this](const runtime::AgentSite& agent, std::string_view why) -> Status {
              quarantined.emplace_back(why);
              (void)backend.stop(agent.service, 0);
              (void)backend.disable(agent.service);
              std::filesystem::remove(agent.places.definition);
              return {};
            },
            .sleep = [](std::uint64_t) {}};
  }

  Result<runtime::ActivationReport> activate() {
    runtime::Catalog catalog;
    catalog.agents.push_back(read());
    runtime::ActivationPorts all = ports();
    return runtime::activate(all, catalog, options);
  }

  // In a process of its own, with faults armed: 0 done, 1 negative, 3 incomplete, 130 interrupted,
  // 9 killed, 4 an Error.
  int activate_in_child(const std::string& faults) {
    // Each child draws other random bytes.
    (void)fake.random.bytes(1);
    const pid_t child = ::fork();
    if (child == 0) {
      fake.host.interrupted = host::watch_interrupts();
      if (!host::arm_faults(faults)) {
        ::_exit(4);
      }
      const auto report = activate();
      ::_exit(report ? exit_code(report->verdict) : 4);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  }
  Result<std::optional<runtime::Recovery>> recover() {
    return runtime::recover(fake.host, backend, "sample",
                            [this](std::string_view id) { return evidence.knows(id); });
  }

  static int exit_code(runtime::Verdict verdict) {
    switch (verdict) {
      case runtime::Verdict::done: return 0;
      case runtime::Verdict::negative: return 1;
      case runtime::Verdict::incomplete: return 3;
      case runtime::Verdict::interrupted: return 130;
    }
    return 4;
  }

 private:
  static bool has(const std::vector<std::string>& argv, const char* word) {
    return std::find(argv.begin(), argv.end(), word) != argv.end();
  }
  host::ProcessOutcome answer(const host::ProcessRequest& request) {
    const std::vector<std::string>& argv = request.argv;
    if (argv[0] == "plutil") {
      return exited(0);
    }
    if (argv[0] != "podman") {
      return host::missing_program();
    }
    if (has(argv, "--version")) {
      return exited(0, "podman version 5.2.1\n");
    }
    if (has(argv, "exists")) {
      return exited(image_exists);
    }
    if (has(argv, "info") || has(argv, "stop")) {
      return exited(0, "{}");
    }
    if (has(argv, "machine")) {
      return exited(0, R"([{"Name":"podman-machine-default","Running":true,"Default":true}])");
    }
    if (!backend.job().active || !is_container_healthy) {
      return exited(125);
    }
    const std::string tag = runtime::owner_tag(runtime::places_of_name("sample", fake.host), "sample");
    return exited(0, R"([{"Id":"c1","State":{"Status":"running"},"Config":{"Labels":{"ai.srcos.owner":")" +
                         tag + R"("}}}])");
  }
};

}  // namespace sourceos::tests
