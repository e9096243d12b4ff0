// A host with a Podman whose answers the test gives by the words of the question.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/json/json.hpp"
#include "host/tool_finder.hpp"
#include "runtime/machine/deny_set.hpp"
#include "runtime/machine/presets.hpp"
#include "runtime/machine/profile_source.hpp"
#include "tests/support/fake_host.hpp"

namespace sourceos::tests {

struct MachineScene {
  FakeHost fake;
  std::filesystem::path home = std::filesystem::canonical(fake.home.path());
  // "info --format json" -> outcome; the longest beginning of a question wins.
  std::map<std::string, host::ProcessOutcome> answers;
  std::vector<std::string> asked;

  MachineScene() {
    host::Environment& environment = fake.host.environment;
    environment.home = home;
    environment.config_root = home / ".config/sourceos/test";
    environment.state_root = home / ".local/state/sourceos/test";
    environment.uid = 1000;
    // Enough ids for containers, whatever the real host has.
    environment.root = home / "system";
    (void)fake.home.write("system/etc/subuid", "1000:100000:65536\n");
    (void)fake.home.write("system/etc/subgid", "1000:100000:65536\n");
    std::filesystem::create_directories(home / "dev/r");
    install("podman");
    environment.search_path = {(home / "tools").string()};
    fake.processes.answer = [this](const host::ProcessRequest& request) { return answer(request); };
    answers["--version"] = exited(0, "podman version 4.3.1\n");
    answers["info"] = exited(0, R"({"host":{"security":{"rootless":true},"cgroupVersion":"v2",)"
                                R"("ociRuntime":{"name":"crun"}},"version":{"Version":"4.3.1"}})");
    answers["image exists"] = exited(0);
    answers["image inspect"] =
        exited(0, R"([{"Id":"abc","Digest":"sha256:)" + std::string(64, 'a') +
                      R"(","RepoDigests":[],"Config":{"Env":["PATH=/bin"]}}])");
    answers["container inspect"] = failed(125, "no such container");
  }

  void install(const std::string& name) {
    const auto path = fake.home.write("tools/" + name, "#!/bin/sh\n");
    ::chmod(path.c_str(), 0755);
    ::chmod((home / "tools").c_str(), 0755);
  }

  static host::ProcessOutcome failed(int status, std::string words) {
    host::ProcessOutcome outcome = exited(status);
    outcome.error_output = std::move(words);
    return outcome;
  }

  host::ProcessOutcome answer(const host::ProcessRequest& request) {
    std::string words;
    for (std::size_t i = 1; i < request.argv.size(); ++i) {
      words += (i > 1 ? " " : "") + request.argv[i];
    }
    asked.push_back(words);
    const host::ProcessOutcome* best = nullptr;
    std::size_t length = 0;
    for (const auto& [beginning, outcome] : answers) {
      if (words.starts_with(beginning) && beginning.size() >= length) {
        best = &outcome;
        length = beginning.size();
      }
    }
    return best == nullptr ? failed(125, "unknown") : *best;
  }

  runtime::DenySet deny() const {
    return runtime::DenySet(runtime::deny_places(fake.host.environment, {}));
  }

  runtime::LoadedProfile profile(std::string_view preset = "linux-native") const {
    runtime::LoadedProfile loaded;
    loaded.profile = runtime::preset_profile(preset).value();
    loaded.profile.repos = runtime::repos_for({"~/dev/r"});
    loaded.hash = runtime::profile_hash(loaded.profile).value();
    loaded.file = "p.json";
    return loaded;
  }

  bool was_asked(std::string_view beginning) const {
    for (const std::string& words : asked) {
      if (words.starts_with(beginning)) {
        return true;
      }
    }
    return false;
  }
};

}  // namespace sourceos::tests
