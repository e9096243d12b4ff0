#include <doctest/doctest.h>

#include <algorithm>

#include "core/json/json.hpp"
#include "runtime/agent/backend.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

ServiceRef service_in(tests::AgentWorld& world) {
  return service_ref(world.read().declaration, world.host());
}

host::ProcessOutcome failed(int status, const char* words) {
  host::ProcessOutcome outcome = tests::exited(status);
  outcome.error_output = words;
  return outcome;
}

OrderResult enable_with(const host::ProcessOutcome& bootstrap) {
  tests::AgentWorld world("macos");
  world.fake.processes.answer = [&](const host::ProcessRequest& request) {
    return request.argv[1] == "bootstrap" ? bootstrap : tests::exited(0);
  };
  return make_launchd_backend(world.host())->enable(service_in(world));
}

}  // namespace

TEST_CASE("what launchctl prints becomes a status, on old systems and new ones") {
  tests::AgentWorld world("macos");
  world.launchd_print = tests::exited(
      0,
      "gui/501/org.sourceos.agent.sample = {\n\tpath = /Users/x/Library/LaunchAgents/s.plist\n"
      "\tstate = running\n\truns = 41\n\tpid = 77\n\tlast exit code = 1\n}\n");
  const auto backend = make_launchd_backend(world.host());
  const ServiceStatus status = backend->status(service_in(world));
  CHECK(status.reachable);
  CHECK(status.known);
  CHECK(status.active);
  CHECK(status.enabled);
  CHECK(status.main_pid == 77);
  CHECK(status.runs == 41);
  CHECK(status.last_exit == "1");
  for (const char* word : {"true", "disabled"}) {
    world.overrides = std::string("disabled services = {\n\t\"org.sourceos.agent.sample\" => ") + word + "\n}\n";
    CHECK(backend->status(service_in(world)).disabled_override);
  }
}

TEST_CASE("a service that is not loaded is not known, a launchctl that is missing is said") {
  tests::AgentWorld world("macos");
  const auto backend = make_launchd_backend(world.host());
  CHECK(backend->status(service_in(world)).reachable);
  CHECK_FALSE(backend->status(service_in(world)).known);
  world.has_manager = false;
  CHECK(backend->status(service_in(world)).unreachable_reason == "launchctl-missing");
}

TEST_CASE("bootstrap's errors are told apart") {
  CHECK(enable_with(tests::exited(0)).ok);
  CHECK(enable_with(failed(37, "Bootstrap failed: 37: Operation already in progress")).ok);
  CHECK(enable_with(failed(17, "Bootstrap failed: 17: File exists")).ok);
  CHECK(enable_with(failed(5, "Bootstrap failed: 5: Input/output error")).reason == "bootstrap-error");
  CHECK(enable_with(failed(119, "Bootstrap failed: 119: Service is disabled")).reason == "label-disabled");
  CHECK(enable_with(failed(1, "Bootstrap failed: 119: Service is disabled")).reason == "label-disabled");
}

TEST_CASE("unloading what is not loaded is no failure") {
  tests::AgentWorld world("macos");
  world.fake.processes.answer = [](const host::ProcessRequest& request) {
    if (request.argv[1] == "bootout") {
      return failed(3, "Boot-out failed: 3: No such process");
    }
    return request.argv[1] == "print" ? tests::exited(113) : tests::exited(0);
  };
  const auto backend = make_launchd_backend(world.host());
  CHECK(backend->stop(service_in(world), 1'000).ok);
  CHECK(backend->disable(service_in(world)).ok);
}

TEST_CASE("a service that is still loaded after bootout is not disabled") {
  tests::AgentWorld world("macos");
  world.launchd_print = tests::exited(0, "x = {\n\tstate = running\n}\n");
  CHECK(make_launchd_backend(world.host())->disable(service_in(world)).reason == "disable-failed");
}

}  // namespace sourceos::runtime
