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
    world.document["lifecycle"] = {{"startupTimeoutSeconds", 1}};
    world.container = tests::exited(0, R"([{"Id":"cafe","State":{"Status":"running"}}])");
    agent = world.read();
  }
  Actor actor() { return {world.host(), backend, agent, log}; }
};

}  // namespace

TEST_CASE("install makes every file, starts nothing, and a second one changes nothing") {
  Bench bench;
  const ActResult first = bench.actor().install();
  CHECK(first.ok);
  CHECK(first.changed);
  const AgentPlaces places = bench.world.places();
  CHECK(fs::exists(places.definition));
  CHECK(host::describe(places.launcher)->mode == 0755);
  CHECK(host::describe(bench.agent.declaration.authfile)->mode == 0600);
  CHECK(fs::exists(bench.agent.declaration.app_log.parent_path()));
  CHECK(fs::exists(places.state / "provenance.json"));
  CHECK_FALSE(bench.backend.services[bench.unit].enabled);
  CHECK(read_state(places).phase == AgentPhase::installed);
  const ActResult second = bench.actor().install();
  CHECK(second.ok);
  CHECK_FALSE(second.changed);
}

TEST_CASE("an install that fails half-way leaves nothing") {
  Bench bench;
  bench.backend.failing = {"reload"};
  const ActResult result = bench.actor().install();
  CHECK_FALSE(result.ok);
  CHECK_FALSE(fs::exists(bench.world.places().definition));
  CHECK_FALSE(fs::exists(bench.world.places().launcher));
}

TEST_CASE("an existing authfile is never changed") {
  Bench bench;
  bench.world.fake.home.write(".config/containers/sourceos-empty-auth.json", "mine");
  CHECK(bench.actor().install().ok);
  CHECK(tests::read_file(bench.agent.declaration.authfile) == "mine");
}

TEST_CASE("start enables, starts once and waits for health; a second start does nothing") {
  Bench bench;
  CHECK(bench.actor().install().ok);
  const ActResult first = bench.actor().start();
  CHECK(first.ok);
  CHECK(bench.backend.services[bench.unit].enabled);
  CHECK(read_state(bench.world.places()).container_id == "cafe");
  CHECK_FALSE(bench.actor().start().changed);
  CHECK(bench.backend.services[bench.unit].starts == 1);
}

TEST_CASE("what does not become healthy is stopped and disabled again") {
  Bench bench;
  CHECK(bench.actor().install().ok);
  bench.world.container = tests::exited(125);
  const ActResult result = bench.actor().start();
  CHECK(result.reason == "health-timeout");
  CHECK_FALSE(bench.backend.services[bench.unit].enabled);
  CHECK_FALSE(bench.backend.services[bench.unit].active);
  CHECK(read_state(bench.world.places()).phase == AgentPhase::failed);
}

TEST_CASE("a start that fails repeats why the launcher left") {
  Bench bench;
  CHECK(bench.actor().install().ok);
  bench.world.container = tests::exited(125);
  const auto log = fs::relative(bench.agent.declaration.app_log, bench.world.home()).string();
  bench.world.fake.home.write(log, "T sample: not started: the image is missing\nother: line\n");
  CHECK(bench.actor().start().detail.ends_with("the launcher says: not started: the image is missing"));
  bench.world.fake.home.write(log, "T sample: not started: of an earlier day\nT sample: starts\n");
  CHECK(bench.actor().start().detail.find("launcher") == std::string::npos);
}

TEST_CASE("an enable or start that fails leaves the agent disabled") {
  for (const char* order : {"enable", "start"}) {
    Bench bench;
    CHECK(bench.actor().install().ok);
    bench.backend.failing = {order};
    CHECK_FALSE(bench.actor().start().ok);
    CHECK_FALSE(bench.backend.services[bench.unit].enabled);
  }
}

TEST_CASE("stop keeps the agent installed, and a second stop does nothing") {
  Bench bench;
  CHECK(bench.actor().install().ok);
  CHECK(bench.actor().start().ok);
  bench.world.container = tests::exited(125);
  CHECK(bench.actor().stop().changed);
  CHECK(fs::exists(bench.world.places().definition));
  const ActResult again = bench.actor().stop();
  CHECK(again.ok);
  CHECK_FALSE(again.changed);
}

TEST_CASE("a stop that the manager only claims has failed") {
  Bench bench;
  CHECK(bench.actor().install().ok);
  CHECK(bench.actor().start().ok);
  bench.backend.lying = {"stop"};
  CHECK(bench.actor().stop().reason == "stop-failed");
}

TEST_CASE("a service account cannot start until a token door resolves it") {
  Bench bench;
  bench.world.document["auth"] = {{"mode", "service-account"}, {"serviceAccountRef", "urn:x:y"}};
  bench.agent = bench.world.read();
  CHECK(bench.actor().start().reason == "token-door-unavailable");
}

TEST_CASE("removing takes launcher, definition and state, and leaves logs and what is held") {
  Bench bench;
  CHECK(bench.actor().install().ok);
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
