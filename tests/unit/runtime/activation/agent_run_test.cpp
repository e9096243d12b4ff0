#include "runtime/activation/agent_run.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "core/json/json.hpp"
#include "host/fault.hpp"
#include "tests/unit/runtime/activation/activation_world.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

AgentOutcome outcome_of(tests::ActivationWorld& world) {
  auto report = world.activate();
  REQUIRE(report);
  return report->agents.at(0);
}

}  // namespace

TEST_CASE("an agent that another command works on is refused after waiting") {
  tests::ActivationWorld world;
  world.options.lock_wait_ms = 200;
  const auto state = world.site().places.state;
  std::filesystem::create_directories(state);
  std::filesystem::permissions(state, std::filesystem::perms::owner_all);
  const auto lock = host::FileLock::acquire(state / "lock");
  REQUIRE(lock);
  const AgentOutcome outcome = outcome_of(world);
  CHECK(outcome.result == AgentResult::refused);
  CHECK(outcome.reason == "locked");
  CHECK(world.backend.job().orders == 0);
}

TEST_CASE("an agent of another scope is refused by name") {
  tests::ActivationWorld world;
  world.options.scope = AgentScope::system;
  CHECK(outcome_of(world).reason == "scope-mismatch");
}

TEST_CASE("a missing image ends in a staged agent, never in an installed one") {
  tests::ActivationWorld world;
  world.image_exists = 1;
  const AgentOutcome outcome = outcome_of(world);
  CHECK(outcome.result == AgentResult::staged);
  CHECK(outcome.reason == "image-missing");
  CHECK(outcome.after == AgentPhase::staged);
  CHECK_FALSE(outcome.remedies.empty());
}

TEST_CASE("a failing check passed over is enabled, cannot start by itself, and is told") {
  for (const Platform platform : {Platform::linux_systemd, Platform::macos}) {
    tests::ActivationWorld world(platform);
    world.image_exists = 1;
    world.options.enable_despite_preflight = true;
    const AgentOutcome outcome = outcome_of(world);
    CHECK(outcome.result == AgentResult::enabled);
    CHECK_FALSE(outcome.reached);
    CHECK(outcome.policy_decisions == std::vector<std::string>{"local-image"});
    CHECK(world.backend.job().starts == 0);
    const std::string text = tests::read_file(world.site().places.definition);
    CHECK(text.find("on-failure") == std::string::npos);
    CHECK(text.find("SuccessfulExit") == std::string::npos);
    CHECK(text.find("<key>RunAtLoad</key>\n\t<true/>") == std::string::npos);
  }
}

TEST_CASE("a failing lint is never passed over") {
  tests::ActivationWorld world;
  world.options.enable_despite_preflight = true;
  REQUIRE(host::arm_faults("lint-service"));
  const AgentOutcome outcome = outcome_of(world);
  REQUIRE(host::arm_faults(""));
  CHECK(outcome.result == AgentResult::staged);
  CHECK_FALSE(std::filesystem::exists(world.site().places.definition));
}

TEST_CASE("a version that fails its checks leaves the one that runs untouched") {
  tests::ActivationWorld world;
  REQUIRE(world.activate());
  const auto job = world.backend.job();
  world.document["owner"] = {{"contact", "another"}};
  world.image_exists = 1;
  const AgentOutcome outcome = outcome_of(world);
  CHECK(outcome.result == AgentResult::staged_old_version_kept);
  CHECK(outcome.after == AgentPhase::running);
  CHECK(world.backend.job().orders == job.orders);
}

TEST_CASE("a version that its launcher would not start leaves the one that runs untouched") {
  tests::ActivationWorld world;
  REQUIRE(world.activate());
  const auto job = world.backend.job();
  world.document["owner"] = {{"contact", "another"}};
  std::string starts;
  for (int i = 0; i < 60; ++i) {
    starts += std::to_string(world.fake.host.clock.now().nanoseconds / 1'000'000'000 - i) + "\n";
  }
  std::ofstream(world.site().places.state / "starts.log") << starts;
  const AgentOutcome outcome = outcome_of(world);
  CHECK(outcome.result == AgentResult::staged_old_version_kept);
  CHECK(outcome.reason == "start-bound");
  CHECK(outcome.detail.find("60 starts within an hour") != std::string::npos);
  CHECK(outcome.after == AgentPhase::running);
  CHECK(world.backend.job().orders == job.orders);
}

TEST_CASE("a version that fails to start is replaced by the one before, running again") {
  tests::ActivationWorld world;
  REQUIRE(world.activate());
  const std::string old = tests::read_file(world.site().places.definition);
  world.document["owner"] = {{"contact", "another"}};
  REQUIRE(host::arm_faults("health"));
  const AgentOutcome outcome = outcome_of(world);
  REQUIRE(host::arm_faults(""));
  CHECK(outcome.result == AgentResult::old_version_restored);
  CHECK(outcome.after == AgentPhase::running);
  CHECK(tests::read_file(world.site().places.definition) == old);
  CHECK(world.backend.job().running_text == old);
}

TEST_CASE("an old version that restarts for ever is quarantined when that was asked for") {
  tests::ActivationWorld world;
  const auto path = world.site().places.definition;
  world.fake.home.write(std::filesystem::relative(path, world.fake.home.path()).string(),
                        "[Service]\nExecStart=/bin/true\nRestart=always\n");
  world.image_exists = 1;
  CHECK(outcome_of(world).result == AgentResult::staged_old_version_kept);
  CHECK(world.quarantined.empty());
  world.options.quarantine_unsafe = true;
  CHECK(outcome_of(world).result == AgentResult::quarantined);
  CHECK(world.quarantined == std::vector<std::string>{"unsafe-old-version"});
}

TEST_CASE("an agent that is not to be enabled is staged and no more") {
  tests::ActivationWorld world;
  world.document["enable"] = false;
  const AgentOutcome outcome = outcome_of(world);
  CHECK(outcome.result == AgentResult::staged);
  CHECK(outcome.reached);
  CHECK_FALSE(std::filesystem::exists(world.site().places.definition));
}

TEST_CASE("a dry run says what would be done and does nothing") {
  tests::ActivationWorld world;
  world.options.dry_run = true;
  const AgentOutcome outcome = outcome_of(world);
  CHECK(outcome.result == AgentResult::planned);
  CHECK(outcome.reached);
  CHECK(outcome.plan.size() >= 4);
  CHECK_FALSE(std::filesystem::exists(world.site().places.state));
  CHECK(world.backend.job().orders == 0);
}
