#include "runtime/agent/definition.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "host/tools/plist.hpp"
#include "runtime/agent/unit_file.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

UnitFile unit_of(tests::AgentWorld& world) {
  UnitFile unit;
  unit.add(make_unit(world.read().declaration, "/home/a b/50%/launch"), "x.service");
  return unit;
}

}  // namespace

TEST_CASE("a unit without restart says so") {
  tests::AgentWorld world;
  const UnitFile unit = unit_of(world);
  CHECK(unit.last("Service", "Restart")->value == "no");
  CHECK(unit_words(unit.last("Service", "ExecStart")->value) ==
        std::vector<std::string>{"/home/a b/50%%/launch"});
  CHECK(unit.last("Install", "WantedBy")->value == "default.target");
  CHECK(unit.last("Service", "StandardOutput")->value == "journal");
}

TEST_CASE("bounded restart has its limit in [Unit] and fits into the interval") {
  tests::AgentWorld world;
  for (const int burst : {1, 3, 60}) {
    world.document["lifecycle"] = {{"restart", "bounded"}, {"maxRestartsPerHour", burst}};
    const UnitFile unit = unit_of(world);
    CHECK(unit.last("Unit", "StartLimitIntervalSec")->value == "3600");
    CHECK(unit.last("Unit", "StartLimitBurst")->value == std::to_string(burst));
    CHECK(unit.last("Service", "Restart")->value == "on-failure");
    CHECK(unit.last("Service", "RestartPreventExitStatus")->value == "78");
    const auto delay = unit_time_ms(unit.last("Service", "RestartSec")->value);
    CHECK(delay.value() * static_cast<std::uint64_t>(burst) < 3'600'000);
  }
}

TEST_CASE("a supervised agent is bounded too, and has a watchdog when there is something to look at") {
  tests::AgentWorld world;
  world.document["lifecycle"] = {{"restart", "supervised"}, {"startupTimeoutSeconds", 5}};
  const UnitFile unit = unit_of(world);
  CHECK(unit.last("Service", "Restart")->value == "on-failure");
  CHECK(unit.last("Unit", "StartLimitBurst")->value == "3");
  CHECK(unit.last("Service", "WatchdogSec")->value == "20");
  CHECK(unit.last("Service", "NotifyAccess")->value == "all");
  world.document["health"] = {{"type", "none"}};
  CHECK(unit_of(world).last("Service", "WatchdogSec") == nullptr);
  world.document.erase("health");
  world.document["lifecycle"]["maxRestartsPerHour"] = 0;
  CHECK(unit_of(world).last("Service", "WatchdogSec") == nullptr);
  world.document["lifecycle"] = {{"restart", "bounded"}};
  CHECK(unit_of(world).last("Service", "WatchdogSec") == nullptr);
}

TEST_CASE("no allowed restart means no restart, never a limit that is switched off") {
  tests::AgentWorld world;
  world.document["lifecycle"] = {{"restart", "bounded"}, {"maxRestartsPerHour", 0}};
  CHECK(unit_of(world).last("Service", "Restart")->value == "no");
  CHECK(unit_of(world).last("Unit", "StartLimitBurst")->value == "1");
}

TEST_CASE("an agent that does not run at load is wanted by a target that nothing starts") {
  tests::AgentWorld world;
  world.document["lifecycle"] = {{"runAtLoad", false}};
  CHECK(unit_of(world).last("Install", "WantedBy")->value == k_manual_target);
}

TEST_CASE("a plist restarts only after a failure, and never faster than launchd's throttle") {
  tests::AgentWorld world("macos");
  world.document["lifecycle"] = {{"restart", "bounded"}};
  const auto plist = host::parse_plist(make_plist(world.read().declaration, "/Users/x & y/launch"));
  REQUIRE(plist);
  CHECK(plist->find("Label")->text == "org.sourceos.agent.sample");
  CHECK(plist->find("ProgramArguments")->items.at(0).text == "/Users/x & y/launch");
  CHECK(plist->find("KeepAlive")->find("SuccessfulExit")->number == 0);
  CHECK(plist->find("ThrottleInterval")->number >= 10);
  world.document["lifecycle"] = {{"restart", "manual"}};
  const auto manual = host::parse_plist(make_plist(world.read().declaration, "/l"));
  CHECK(manual->find("KeepAlive")->kind == host::PlistKind::boolean);
  CHECK_FALSE(manual->find("KeepAlive")->is_true());
}

TEST_CASE("a Quadlet file uses only keys that its generator knows") {
  tests::AgentWorld world;
  UnitFile unit;
  unit.add(make_quadlet(world.read().declaration), "x.container");
  CHECK(unit.last("Container", "Image")->value == tests::k_image);
  CHECK(unit.last("Container", "AuthFile") == nullptr);
  CHECK(unit.last("Container", "PodmanArgs")->value.find("--authfile=") != std::string::npos);
  CHECK(unit.last("Container", "AutoUpdate") == nullptr);
  CHECK(unit.last("Unit", "StartLimitBurst") != nullptr);
}

}  // namespace sourceos::runtime
