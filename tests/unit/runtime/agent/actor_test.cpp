#include "runtime/agent/actor.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "core/json/json.hpp"
#include "tests/support/fake_backend.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

namespace fs = std::filesystem;

struct Bench {
  tests::AgentWorld world;
  tests::FakeBackend backend;
  ReadDeclaration agent;
  ActionLog log{world.host()};
  std::string unit = "sourceos-agent@sample.service";

  Bench() {
    world.container = tests::exited(0, R"([{"Id":"cafe","State":{"Status":"running"}}])");
    agent = world.read();
  }
  // Installed, enabled and running.
  void run() {
    world.install();
    backend.services[unit] = {.enabled = true, .active = true};
  }
  Actor actor() { return {world.host(), backend, agent, log}; }
};

}  // namespace

TEST_CASE("stop keeps the agent installed, and a second stop does nothing") {
  Bench bench;
  bench.run();
  bench.world.container = tests::exited(125);
  CHECK(bench.actor().stop().changed);
  CHECK(fs::exists(bench.world.places().definition));
  const ActResult again = bench.actor().stop();
  CHECK(again.ok);
  CHECK_FALSE(again.changed);
}

TEST_CASE("a stop that the manager only claims has failed") {
  Bench bench;
  bench.run();
  bench.backend.lying = {"stop"};
  CHECK(bench.actor().stop().reason == "stop-failed");
}

TEST_CASE("removing takes launcher, definition and state, and leaves logs and what is held") {
  Bench bench;
  bench.run();
  const AgentPlaces places = bench.world.places();
  bench.world.fake.home.write(".local/state/sourceos/agents/sample/held/x", "original");
  CHECK(bench.actor().remove_files().ok);
  CHECK_FALSE(fs::exists(places.definition));
  CHECK_FALSE(fs::exists(places.launcher));
  CHECK_FALSE(fs::exists(places.state / "state.json"));
  CHECK(fs::exists(places.held / "x"));
  CHECK(fs::exists(bench.agent.declaration.app_log.parent_path()));
  CHECK_FALSE(bench.actor().remove_files().changed);
}

}  // namespace sourceos::runtime
