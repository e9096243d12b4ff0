#include "runtime/activation/candidate.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "host/fault.hpp"
#include "tests/unit/runtime/activation/activation_world.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

struct Checked {
  Candidate candidate;
  StepRecords steps = new_step_records();
};

Checked check(tests::ActivationWorld& world, const char* faults = "") {
  Checked checked;
  StepClock clock(world.host(), checked.steps);
  REQUIRE(host::arm_faults(faults));
  checked.candidate = check_agent(world.host(), world.backend, world.read(), clock);
  REQUIRE(host::arm_faults(""));
  return checked;
}

StepStatus status_of(const Checked& checked, Step step) {
  return checked.steps[static_cast<std::size_t>(step) - 1].status;
}

}  // namespace

TEST_CASE("a good declaration passes six steps and changes nothing") {
  for (const Platform platform : {Platform::linux_systemd, Platform::macos}) {
    tests::ActivationWorld world(platform);
    const Checked checked = check(world);
    CAPTURE(checked.candidate.detail);
    CHECK(checked.candidate.passed());
    CHECK(status_of(checked, Step::preflight) == StepStatus::done);
    CHECK(status_of(checked, Step::install) == StepStatus::not_run);
    CHECK_FALSE(std::filesystem::exists(world.site().places.definition));
    CHECK(world.backend.job().orders == 0);
  }
}

TEST_CASE("an invalid declaration stops at the first step") {
  tests::ActivationWorld world;
  world.document["lifecycle"] = {{"keepAlive", true}, {"restart", "manual"}};
  const Checked checked = check(world);
  CHECK(checked.candidate.reason == "invalid-declaration");
  CHECK_FALSE(checked.candidate.can_be_staged());
  CHECK(status_of(checked, Step::generate_wrapper) == StepStatus::not_run);
}

TEST_CASE("steps 3, 5 and 6 all run, and the first that failed is the reason") {
  tests::ActivationWorld world;
  world.image_exists = 1;
  const Checked checked = check(world, "lint-wrapper,lint-service");
  CHECK(checked.candidate.reason == "wrapper-lint");
  CHECK(checked.candidate.failed_step == Step::lint_wrapper);
  CHECK(status_of(checked, Step::lint_service) == StepStatus::failed);
  CHECK(status_of(checked, Step::preflight) == StepStatus::failed);
  REQUIRE(checked.candidate.preflight);
  CHECK(checked.candidate.can_be_staged());
}

TEST_CASE("a failing check is the reason of step 6") {
  tests::ActivationWorld world;
  world.image_exists = 1;
  CHECK(check(world).candidate.reason == "image-missing");
}

TEST_CASE("a drop-in that restarts for ever is found although the unit is ours") {
  tests::ActivationWorld world;
  const auto dropin = world.site().places.definition.string() + ".d/override.conf";
  world.fake.home.write(std::filesystem::relative(dropin, world.fake.home.path()).string(),
                        "[Service]\nRestart=always\n");
  const Candidate candidate = check(world).candidate;
  CHECK(candidate.failed_step == Step::lint_service);
  CHECK(candidate.reason == "systemd-restart-always");
}

TEST_CASE("what is installed already is looked at too") {
  tests::ActivationWorld world;
  world.fake.home.write(
      std::filesystem::relative(world.site().places.definition, world.fake.home.path()).string(),
      "[Service]\nExecStart=/usr/bin/podman run x\nRestart=always\n");
  CHECK(has_high(check(world).candidate.installed_findings));
}

TEST_CASE("each step has its fault point") {
  tests::ActivationWorld world;
  const std::pair<const char*, const char*> cases[] = {{"evaluate", "invalid-declaration"},
                                                       {"generate-wrapper", "generate-failed"},
                                                       {"lint-wrapper", "wrapper-lint"},
                                                       {"generate-service", "generate-failed"},
                                                       {"lint-service", "service-lint"},
                                                       {"preflight", "preflight-failed"}};
  for (const auto& [fault, reason] : cases) {
    CHECK(check(world, fault).candidate.reason == reason);
  }
}
