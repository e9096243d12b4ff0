#include "runtime/activation/host_state.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/unit/runtime/activation/activation_world.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

HostState state_of(tests::ActivationWorld& world) {
  return read_host_state(world.host(), world.backend, world.site(), HealthCheck::ask);
}

}  // namespace

TEST_CASE("the four states are read from the host") {
  tests::ActivationWorld world;
  CHECK(state_of(world).phase == AgentPhase::absent);

  world.options.stage_only = true;
  REQUIRE(world.activate());
  CHECK(state_of(world).phase == AgentPhase::staged);
  CHECK(state_of(world).staged);

  world.options.stage_only = false;
  world.options.no_start = true;
  REQUIRE(world.activate());
  CHECK(state_of(world).phase == AgentPhase::enabled);
  CHECK(state_of(world).installed);
  CHECK_FALSE(state_of(world).staged);

  world.options.no_start = false;
  REQUIRE(world.activate());
  CHECK(state_of(world).phase == AgentPhase::running);
}

TEST_CASE("a process that is not healthy as declared is not running") {
  tests::ActivationWorld world;
  REQUIRE(world.activate());
  world.is_container_healthy = false;
  CHECK_FALSE(state_of(world).running);
  CHECK(read_host_state(world.host(), world.backend, world.site(), HealthCheck::skip).running);
}

TEST_CASE("when notes and host differ the host is right and both are told") {
  tests::ActivationWorld world;
  REQUIRE(world.activate());
  std::ofstream(world.site().places.definition, std::ios::app) << "# edited\n";
  (void)world.backend.stop(world.site().service, 0);
  const HostState state = state_of(world);
  CHECK_FALSE(state.installed);
  CHECK(state.phase == AgentPhase::enabled);
  REQUIRE(state.drift.size() == 2);
  CHECK(state.drift[0].what == "definition");
  CHECK(as_json(state.drift[1]).at("reason") == "state-drift");
  CHECK(state.drift[1].noted == "running");
}

TEST_CASE("a staging directory counts when each file is what its manifest says") {
  tests::ActivationWorld world;
  world.options.stage_only = true;
  REQUIRE(world.activate());
  const auto root = world.site().places.staging_root;
  const auto staging = find_staging(root, "sample");
  REQUIRE_FALSE(staging.empty());
  CHECK(find_staging(root, "samp").empty());
  CHECK(find_staging(root, "sample-2").empty());
  std::ofstream(staging / "bin/sample-launch", std::ios::app) << "#\n";
  CHECK(find_staging(root, "sample").empty());
}

TEST_CASE("a manifest that leads out of its directory fits nothing") {
  tests::ActivationWorld world;
  const auto secret = world.fake.home.write("secret", "x");
  world.fake.home.write("staging/sample-20260101-000000/manifest.json",
                        R"({"files":[{"path":"../../secret","sha256":")" +
                            bundle::sha256("x").hex() + R"("}]})");
  CHECK(find_staging(world.fake.home / "staging", "sample").empty());
}

TEST_CASE("an override that we left is ours after every failure, also when no note could be written") {
  for (const std::string faults : {"start.before:error", "start.before:error,state.write:error",
                                   "enable.after:error,state.write:crash"}) {
    CAPTURE(faults);
    tests::ActivationWorld world(Platform::macos);
    CHECK_FALSE(has_own_override(world.site().places));
    for (int turn = 0; turn < 2; ++turn) {
      CHECK(world.activate_in_child(faults) != 0);
      CHECK(world.recover());
      CHECK(has_own_override(world.site().places));
    }
    CHECK(world.activate_in_child("") == 0);
    CHECK(world.backend.job().active);
    CHECK_FALSE(has_own_override(world.site().places));
  }
}
