#include "runtime/agent/stage.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

std::string plain(std::string_view text) { return std::string(text); }

}  // namespace

TEST_CASE("a staging directory has both managers' files and a manifest that fits") {
  tests::AgentWorld world;
  const auto agent = world.read();
  ActionLog log(world.host());
  const auto directory = fresh_directory(world.home() / "staging", "sample", world.fake.clock.now());
  CHECK(directory.filename() == "sample-20260528-202640");
  REQUIRE(stage_agent(world.host(), agent, world.preflight(), plain, directory, log));
  for (const char* file : {"bin/sample-launch", "launchd/org.sourceos.agent.sample.plist",
                           "systemd-user/sourceos-agent@sample.service", "agent.json", "preflight.json",
                           "lint.json", "REMEDIATION.md", "manifest.json"}) {
    CHECK(std::filesystem::exists(directory / file));
  }
  const auto manifest = json::parse(tests::read_file(directory / "manifest.json"));
  REQUIRE(manifest);
  CHECK(manifest->at("files").size() == 7);
  for (const json::Value& row : manifest->at("files")) {
    const std::string text = tests::read_file(directory / row.at("path").get<std::string>());
    CHECK(bundle::sha256(text).hex() == row.at("sha256"));
  }
  const auto again = parse_declaration(tests::read_file(directory / "agent.json"), "x", setting_of(world.host()));
  REQUIRE(again);
  CHECK(again->hash == agent.hash);
  CHECK(fresh_directory(world.home() / "staging", "sample", world.fake.clock.now()).filename() ==
        "sample-20260528-202640-2");
}

TEST_CASE("the remediation names each failing check with its command") {
  tests::AgentWorld world("macos");
  world.machines = "[]";
  const std::string text = remediation_of(world.preflight(), plain);
  CHECK(text.find("machine-absent") != std::string::npos);
  CHECK(text.find("podman machine init podman-machine-default") != std::string::npos);
}

TEST_CASE("what cannot be written whole leaves nothing") {
  tests::AgentWorld world;
  ActionLog log(world.host());
  world.fake.home.write("file", "");
  CHECK_FALSE(stage_agent(world.host(), world.read(), world.preflight(), plain, world.home() / "file/x", log));
}

}  // namespace sourceos::runtime
