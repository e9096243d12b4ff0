#include "runtime/agent/thaw.hpp"

#include <doctest/doctest.h>

#include "tests/support/fake_backend.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

TEST_CASE("what a killed quarantine forbids is allowed again, once, and its container resumed") {
  tests::AgentWorld world;
  tests::FakeBackend backend;
  const Declaration declaration = world.read().declaration;
  CHECK_FALSE(thaw(world.host(), backend, declaration));
  note_frozen(world.places());
  CHECK(is_left_frozen(world.places()));
  world.container = tests::exited(0, R"([{"Id":"cafe","State":{"Status":"paused"}}])");
  CHECK(thaw(world.host(), backend, declaration));
  CHECK(backend.orders == std::vector<std::string>{"allow sourceos-agent@sample.service"});
  CHECK(world.fake.processes.requests.back().argv == std::vector<std::string>{"podman", "unpause", "sample"});
  CHECK_FALSE(thaw(world.host(), backend, declaration));
}

TEST_CASE("a quarantine that ended forbids on purpose") {
  tests::AgentWorld world;
  note_frozen(world.places());
  AgentState notes;
  notes.phase = AgentPhase::quarantined;
  REQUIRE(write_state(world.places(), notes, UtcTime{}));
  CHECK_FALSE(is_left_frozen(world.places()));
}

}  // namespace sourceos::runtime
