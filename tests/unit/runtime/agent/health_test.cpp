#include "runtime/agent/health.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

TEST_CASE("a container is healthy in the state that is declared") {
  tests::AgentWorld world;
  CHECK(judge_health(world.host(), world.read().declaration, std::nullopt).detail == "there is no container");
  for (const std::string state : {"running", "paused"}) {
    world.container = tests::exited(0, R"([{"Id":"cafe","State":{"Status":")" + state + R"("}}])");
    CHECK(is_healthy(world.host(), world.read().declaration) == (state == "running"));
  }
  world.document["health"] = {{"expected", "paused"}};
  CHECK(is_healthy(world.host(), world.read().declaration));
}

TEST_CASE("a health command decides by its exit, and what it complained about is told") {
  tests::AgentWorld world;
  world.document["health"] = {{"type", "command"}, {"command", {"check"}}};
  world.fake.processes.answer = [](const host::ProcessRequest& request) {
    host::ProcessOutcome outcome = tests::exited(request.argv[0] == "check" ? 1 : 0);
    outcome.error_output = "no answer\n";
    return outcome;
  };
  const Health health = judge_health(world.host(), world.read().declaration, std::nullopt);
  CHECK_FALSE(health.ok);
  CHECK(health.detail == "no answer");
}

TEST_CASE("of an agent without a container the process is all there is to see") {
  tests::AgentWorld world;
  world.document = {{"schemaVersion", "sourceos.local-agent.v1"}, {"name", "sample"},
                    {"runtime", "native"}, {"command", {"/bin/true"}}};
  CHECK(is_healthy(world.host(), world.read().declaration));
}

}  // namespace sourceos::runtime
