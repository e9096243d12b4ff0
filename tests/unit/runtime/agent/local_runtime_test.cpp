#include "runtime/agent/local_runtime.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

std::string plain(std::string_view text) { return std::string(text); }

std::string plist(const std::string& label, const std::string& program) {
  return "<plist version=\"1.0\"><dict><key>Label</key><string>" + label +
         "</string><key>ProgramArguments</key><array><string>" + program + "</string></array></dict></plist>";
}

}  // namespace

TEST_CASE("services like agents that nothing declares are found, Apple's and others are not") {
  tests::AgentWorld world("macos");
  auto& home = world.fake.home;
  home.write("Library/LaunchAgents/a.plist", plist("org.example.a", "/opt/podman/bin/podman"));
  home.write("Library/LaunchAgents/b.plist", plist("org.example.b", "/usr/bin/true"));
  home.write("root/Library/LaunchDaemons/c.plist", plist("com.apple.c", "/nix/store/x"));
  const auto suspects = find_suspects(world.host(), {});
  REQUIRE(suspects.size() == 1);
  CHECK(suspects[0].name == "org.example.a");
  CHECK(suspects[0].why == std::vector<std::string>{"calls-podman"});
  CHECK(tests::has_rule(suspects[0].findings, "missing-uninstall-quarantine"));
  CHECK(as_json(suspects[0], plain).at("declared") == false);
}

TEST_CASE("a declared agent's own definition is no undeclared service") {
  tests::AgentWorld world;
  world.fake.home.write(".config/systemd/user/sourceos-agent@sample.service", "[Service]\nExecStart=/x\n");
  Catalog catalog;
  catalog.agents.push_back(world.read());
  const auto suspects = find_suspects(world.host(), catalog);
  REQUIRE(suspects.size() == 1);
  CHECK(suspects[0].declared);
  CHECK_FALSE(tests::has_rule(suspects[0].findings, "missing-uninstall-quarantine"));
}

TEST_CASE("one label in two files is a duplicate") {
  tests::AgentWorld world("macos");
  world.fake.home.write("Library/LaunchAgents/a.plist", plist("org.example.a", "podman"));
  world.fake.home.write("Library/LaunchAgents/b.plist", plist("org.example.a", "podman"));
  const auto duplicates = find_duplicates(find_suspects(world.host(), {}));
  REQUIRE(duplicates.size() == 1);
  CHECK(duplicates[0].message.find("a.plist") != std::string::npos);
}

TEST_CASE("what cannot be asked of the host is skipped, not failed") {
  tests::AgentWorld world("macos");
  world.has_podman = false;
  const json::Value facts = host_facts(world.host(), plain);
  CHECK(facts.at("mdm").at("status") == "skip");
  CHECK(facts.at("machine").at("status") == "skip");
  CHECK(facts.at("podman").at("present") == false);
}

}  // namespace sourceos::runtime
