#include "runtime/agent/state.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

TEST_CASE("notes are read as they were written") {
  tests::AgentWorld world;
  const AgentPlaces places = world.places();
  AgentState state;
  state.phase = AgentPhase::enabled;
  state.managed_by = "operator";
  state.container_id = "abc";
  state.own_override = true;
  REQUIRE(write_state(places, state, world.fake.clock.now()));
  const AgentState read = read_state(places);
  CHECK(read.phase == AgentPhase::enabled);
  CHECK(read.container_id == "abc");
  CHECK(read.own_override);
  CHECK(read.updated_at == "2026-05-28T20:26:40Z");
}

TEST_CASE("missing and broken notes read as absent") {
  tests::AgentWorld world;
  CHECK(read_state(world.places()).phase == AgentPhase::absent);
  world.fake.home.write(".local/state/sourceos/agents/sample/state.json", "{\"state\":");
  CHECK(read_state(world.places()).phase == AgentPhase::absent);
  world.fake.home.write(".local/state/sourceos/agents/sample/state.json", "{\"state\":\"suspended\"}");
  CHECK(read_state(world.places()).phase == AgentPhase::suspended);
}

TEST_CASE("the owner tag is made once and depends on a key of its own") {
  tests::AgentWorld world;
  CHECK(owner_tag(world.places(), "sample").empty());
  const auto tag = make_owner_tag(world.places(), "sample", world.host());
  REQUIRE(tag);
  CHECK(tag->size() == 32);
  CHECK(make_owner_tag(world.places(), "sample", world.host()).value() == *tag);
  tests::AgentWorld other;
  (void)other.fake.random.bytes(7);
  CHECK(make_owner_tag(other.places(), "sample", other.host()).value() != *tag);
}

}  // namespace sourceos::runtime
