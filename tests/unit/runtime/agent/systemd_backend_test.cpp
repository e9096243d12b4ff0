#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "core/json/json.hpp"
#include "runtime/agent/backend.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

ServiceRef service_in(tests::AgentWorld& world) {
  return service_ref(world.read().declaration, world.host());
}

}  // namespace

TEST_CASE("what systemctl show says becomes a status") {
  tests::AgentWorld world;
  world.unit_show =
      "LoadState=loaded\nActiveState=failed\nSubState=failed\nUnitFileState=enabled\nNRestarts=4\n"
      "Result=start-limit-hit\nExecMainStatus=3\nFragmentPath=/u/x.service\n"
      "DropInPaths=/u/x.service.d/a.conf /u/x.service.d/b.conf\nMainPID=0\n";
  const ServiceStatus status = make_systemd_backend(world.host())->status(service_in(world));
  CHECK(status.reachable);
  CHECK(status.known);
  CHECK(status.enabled);
  CHECK_FALSE(status.active);
  CHECK(status.result == "start-limit-hit");
  CHECK(status.runs == 4);
  CHECK(status.last_exit == "3");
  CHECK(status.loaded_from == "/u/x.service");
  CHECK(status.drop_ins.size() == 2);
  CHECK_FALSE(status.main_pid.has_value());
}

TEST_CASE("a status says since when it is as it is, where systemd does") {
  tests::AgentWorld world;
  REQUIRE(format_seconds(world.fake.clock.now()) == "2026-05-28T20:26:40Z");
  const auto since = [&](const std::string& state, const std::string& stamp) {
    world.unit_show = "LoadState=loaded\nActiveState=" + state + "\n" + stamp + "\n";
    return make_systemd_backend(world.host())->status(service_in(world)).active_since_s;
  };
  CHECK(since("failed", "InactiveEnterTimestamp=Thu 2026-05-28 20:26:00 UTC") == 40);
  CHECK(since("active", "ActiveEnterTimestamp=Thu 2026-05-28 19:26:40 UTC") == 3'600);
  CHECK_FALSE(since("active", "InactiveEnterTimestamp=Thu 2026-05-28 19:26:40 UTC").has_value());
  CHECK_FALSE(since("failed", "InactiveEnterTimestamp=").has_value());
  CHECK_FALSE(since("failed", "InactiveEnterTimestamp=Thu 2027-05-28 20:26:00 UTC").has_value());
  CHECK_FALSE(since("failed", "InactiveEnterTimestamp=n/a 2026-05-28 20:26:0x UTC").has_value());
}

TEST_CASE("a unit that never ran has no last exit, and one that runs has a cgroup") {
  tests::AgentWorld world;
  const auto backend = make_systemd_backend(world.host());
  world.unit_show = "LoadState=loaded\nActiveState=inactive\nSubState=dead\nResult=success\n"
                    "ExecMainCode=0\nExecMainStatus=0\n";
  CHECK(backend->status(service_in(world)).last_exit.empty());
  CHECK(backend->status(service_in(world)).result.empty());
  world.unit_show = "LoadState=loaded\nActiveState=active\nSubState=running\nControlGroup=/user.slice/x\n";
  CHECK(backend->status(service_in(world)).cgroup == "/user.slice/x");
}

TEST_CASE("a masked unit has a disabled override, a disabled one has not") {
  tests::AgentWorld world;
  const auto backend = make_systemd_backend(world.host());
  world.unit_show = "LoadState=masked\nActiveState=inactive\nUnitFileState=masked\n";
  CHECK(backend->status(service_in(world)).disabled_override);
  world.unit_show = "LoadState=loaded\nActiveState=inactive\nUnitFileState=disabled\n";
  CHECK_FALSE(backend->status(service_in(world)).disabled_override);
}

TEST_CASE("no bus, no program, no answer are told apart") {
  tests::AgentWorld world;
  const auto backend = make_systemd_backend(world.host());
  world.has_manager = false;
  CHECK(backend->status(service_in(world)).unreachable_reason == "systemctl-missing");
  world.fake.processes.answer = [](const host::ProcessRequest&) {
    host::ProcessOutcome outcome = tests::exited(1);
    outcome.error_output = "Failed to connect to bus: No medium found\n";
    return outcome;
  };
  CHECK(backend->status(service_in(world)).unreachable_reason == "systemd-user-unavailable");
  world.fake.processes.answer = [](const host::ProcessRequest&) {
    host::ProcessOutcome outcome;
    outcome.end = host::ProcessEnd::timed_out;
    return outcome;
  };
  CHECK(backend->status(service_in(world)).unreachable_reason == "probe-timeout");
}

TEST_CASE("a running unit is not started again, and a start forgets an earlier limit") {
  tests::AgentWorld world;
  const auto backend = make_systemd_backend(world.host());
  const auto ran = [&](const char* word) {
    return std::ranges::any_of(world.fake.processes.requests, [&](const host::ProcessRequest& each) {
      return std::ranges::find(each.argv, word) != each.argv.end();
    });
  };
  world.unit_show = "LoadState=loaded\nActiveState=active\n";
  CHECK(backend->start(service_in(world), 1'000).ok);
  CHECK_FALSE(ran("start"));
  world.unit_show = "LoadState=loaded\nActiveState=failed\n";
  CHECK(backend->start(service_in(world), 1'000).ok);
  CHECK(ran("reset-failed"));
  CHECK(ran("start"));
}

TEST_CASE("disable that reports success while the unit stays enabled has failed") {
  tests::AgentWorld world;
  world.unit_show = "LoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\n";
  const OrderResult result = make_systemd_backend(world.host())->disable(service_in(world));
  CHECK_FALSE(result.ok);
  CHECK(result.reason == "disable-failed");
}

TEST_CASE("a forbidden unit has a drop-in that skips every start, until it is allowed") {
  tests::AgentWorld world;
  const auto runtime = world.home() / "run";
  std::filesystem::create_directories(runtime);
  world.host().environment.variables.emplace_back("XDG_RUNTIME_DIR", runtime.string());
  const auto backend = make_systemd_backend(world.host());
  const auto file = runtime / "systemd/user/sourceos-agent@sample.service.d/00-sourceos-quarantine.conf";
  CHECK(backend->forbid(service_in(world)).ok);
  CHECK(tests::read_file(file).find("ConditionPathExists=!/") != std::string::npos);
  CHECK(backend->allow(service_in(world)).ok);
  CHECK_FALSE(std::filesystem::exists(file));
}

}  // namespace sourceos::runtime
