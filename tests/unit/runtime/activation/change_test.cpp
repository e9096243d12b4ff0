#include "runtime/activation/change.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/unit/runtime/activation/activation_world.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

TEST_CASE("an activation asks for one start") {
  for (const Platform platform : {Platform::linux_systemd, Platform::macos}) {
    tests::ActivationWorld world(platform);
    REQUIRE(world.activate());
    CHECK(world.backend.job().starts == 1);
    CHECK(world.backend.job().active);
  }
}

TEST_CASE("with --no-start the agent is enabled and not started, and its definition starts it later") {
  for (const Platform platform : {Platform::linux_systemd, Platform::macos}) {
    tests::ActivationWorld world(platform);
    world.options.no_start = true;
    const auto report = world.activate();
    REQUIRE(report);
    CHECK(report->agents.at(0).result == AgentResult::enabled);
    CHECK(world.backend.status(world.site().service).enabled);
    CHECK(world.backend.job().starts == 0);
    CHECK(tests::read_file(world.site().places.definition) ==
          definition_of(world.host(), world.site()));
  }
}

TEST_CASE("an unchanged agent is neither restarted nor reloaded") {
  tests::ActivationWorld world;
  REQUIRE(world.activate());
  const auto orders = world.backend.job().orders;
  const auto report = world.activate();
  REQUIRE(report);
  CHECK(report->agents.at(0).result == AgentResult::unchanged);
  CHECK(world.backend.job().orders == orders);
}

TEST_CASE("an agent that was stopped by hand is started, and its files are left") {
  tests::ActivationWorld world;
  REQUIRE(world.activate());
  (void)world.backend.stop(world.site().service, 0);
  const auto written = std::filesystem::last_write_time(world.site().places.definition);
  REQUIRE(world.activate());
  CHECK(world.backend.job().active);
  CHECK(std::filesystem::last_write_time(world.site().places.definition) == written);
}

TEST_CASE("an authfile with other content is never changed") {
  tests::ActivationWorld world;
  const auto authfile = world.read().declaration.authfile;
  world.fake.home.write(std::filesystem::relative(authfile, world.fake.home.path()).string(),
                        "{\"auths\":{}}");
  std::filesystem::permissions(authfile, std::filesystem::perms(0600));
  REQUIRE(world.activate());
  CHECK(tests::read_file(authfile) == "{\"auths\":{}}");
}

TEST_CASE("an agent that ends at once is stopped, disabled and kept for inspection") {
  for (const Platform platform : {Platform::linux_systemd, Platform::macos}) {
    tests::ActivationWorld world(platform);
    world.backend.dies_at_once = true;
    const auto report = world.activate();
    REQUIRE(report);
    CHECK(report->verdict == Verdict::negative);
    CHECK(report->agents.at(0).result == AgentResult::failed);
    CHECK(report->agents.at(0).reason == "start-failed");
    CHECK_FALSE(world.backend.status(world.site().service).enabled);
    CHECK(std::filesystem::exists(world.site().places.definition));
    CHECK(report->agents.at(0).after == AgentPhase::failed);
  }
}

TEST_CASE("with --strict an agent that does not become healthy is taken away") {
  tests::ActivationWorld world;
  world.options.strict = true;
  world.is_container_healthy = false;
  const auto report = world.activate();
  REQUIRE(report);
  CHECK(report->agents.at(0).reason == "health-timeout");
  CHECK_FALSE(std::filesystem::exists(world.site().places.definition));
  CHECK_FALSE(std::filesystem::exists(world.site().places.launcher));
}
