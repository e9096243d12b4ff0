#include "runtime/agent/declaration_checks.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/json/json.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

std::vector<std::string> fields(tests::AgentWorld& world, Severity severity = Severity::high) {
  std::vector<std::string> found;
  for (const DeclarationFinding& finding : world.read().findings) {
    if (finding.severity == severity) {
      found.push_back(finding.field);
    }
  }
  return found;
}

json::Value waive(const char* rule) {
  return json::Value::array({{{"ruleId", rule},
                              {"justification", "needed for the migration"},
                              {"approvedBy", "platform"},
                              {"expiresAt", "2100-01-01T00:00:00Z"}}});
}

}  // namespace

TEST_CASE("a remote image that is never pulled makes a declaration invalid") {
  tests::AgentWorld world;
  world.document["image"] = "registry.example/a:1";
  CHECK(fields(world) == std::vector<std::string>{"image"});
  world.document["podman"] = {{"pull", "explicit"}};
  CHECK(fields(world).empty());
}

TEST_CASE("system scope needs its waiver") {
  tests::AgentWorld world;
  world.document["scope"] = "system";
  CHECK(fields(world) == std::vector<std::string>{"scope"});
  world.document["waivers"] = waive("system-scope");
  CHECK(fields(world).empty());
  CHECK(fields(world, Severity::medium) == std::vector<std::string>{"scope"});
}

TEST_CASE("an interactive helper is never allowed, ambient credentials only by waiver") {
  tests::AgentWorld world;
  world.document["auth"] = {{"allowInteractiveCredentialHelper", true}};
  CHECK(fields(world) == std::vector<std::string>{"auth.allowInteractiveCredentialHelper"});
  world.document["auth"] = {{"allowAmbientDockerConfig", true}};
  CHECK(fields(world) == std::vector<std::string>{"auth.allowAmbientDockerConfig"});
  world.document["waivers"] = waive("ambient-docker-config");
  CHECK(fields(world).empty());
}

TEST_CASE("keepAlive needs bounded restart") {
  tests::AgentWorld world;
  world.document["lifecycle"] = {{"keepAlive", true}};
  CHECK(fields(world) == std::vector<std::string>{"lifecycle.keepAlive"});
  world.document["lifecycle"] = {{"keepAlive", true}, {"restart", "bounded"}};
  CHECK(fields(world).empty());
}

TEST_CASE("logs lie in a place for logs and nowhere else") {
  tests::AgentWorld world;
  for (const char* bad : {"/tmp/sample.log", "$HOME/.bashrc", "/var/log/other/x.log", "/etc/sample.log",
                          "$HOME/Library/Logs/sample.txt"}) {
    CAPTURE(bad);
    world.document["logs"] = {{"app", bad}};
    CHECK(fields(world) == std::vector<std::string>{"logs.app"});
  }
  for (const char* good : {"/var/log/sample/a.log", "$HOME/Library/Logs/A/a.log",
                           "~/.local/state/sourceos/logs/a.log"}) {
    CAPTURE(good);
    world.document["logs"] = {{"app", good}};
    CHECK(fields(world).empty());
  }
}

TEST_CASE("a user agent's definition does not lie in a system place") {
  tests::AgentWorld world;
  world.document["macos"] = {{"launchd", {{"plist", "/Library/LaunchAgents/x.plist"}}}};
  CHECK(fields(world) == std::vector<std::string>{"macos.launchd.plist"});
}

TEST_CASE("what is written and moved as a definition is one by its place and name") {
  tests::AgentWorld world;
  const auto refuses = [&](const json::Value& launchd, const json::Value& systemd) {
    world.document["macos"] = {{"launchd", launchd}};
    world.document["linux"] = systemd;
    return !parse_declaration(world.document.dump(), "sample.json", setting_of(world.host()));
  };
  const json::Value none = json::Value::object();
  CHECK(refuses(none, {{"systemdUserUnit", "$HOME/.bashrc"}}));
  CHECK(refuses(none, {{"systemdUserUnit", "$HOME/.config/systemd/user/x.timer"}}));
  CHECK(refuses({{"plist", "$HOME/.zshrc"}}, none));
  CHECK(refuses({{"legacySystemPlist", "$HOME/.ssh/id"}}, none));
  CHECK_FALSE(refuses({{"legacySystemPlist", "/Library/LaunchDaemons/x.plist"}},
                      {{"systemdUserUnit", "$HOME/.config/systemd/user/x.service"}}));
}

TEST_CASE("native agents need a program, service accounts a reference, 'always' both") {
  tests::AgentWorld world;
  world.document["runtime"] = "native";
  CHECK(fields(world) == std::vector<std::string>{"command"});
  world.document["command"] = {"sample"};
  CHECK(fields(world) == std::vector<std::string>{"command"});
  world.document["command"] = {"/bin/sample"};
  CHECK(fields(world).empty());
  world.document["auth"] = {{"mode", "service-account"}};
  CHECK(fields(world) == std::vector<std::string>{"auth.serviceAccountRef"});
  world.document["auth"]["serviceAccountRef"] = "urn:sourceos:token-door:x";
  CHECK(fields(world).empty());
}

TEST_CASE("registries are told apart from paths") {
  CHECK(registry_of("localhost/a:1") == "localhost");
  CHECK(registry_of("library/a:1") == "docker.io");
  CHECK(registry_of("a") == "docker.io");
  CHECK(registry_of("Registry.Example:5000/a") == "registry.example:5000");
}

}  // namespace sourceos::runtime
