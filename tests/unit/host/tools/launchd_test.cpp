#include "host/tools/launchd.hpp"

#include "host/recorded_process_runner.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::host;

TEST_CASE("a printed service tells state, runs and last exit, not those of its parts") {
  const LaunchdService service = parse_launchd_print(
      "gui/501/org.example.demo = {\n"
      "\tactive count = 0\n"
      "\tpath = /Library/LaunchAgents/org.example.demo.plist\n"
      "\tstate = spawn scheduled\n"
      "\tprogram = /opt/demo/bin/demo\n"
      "\tendpoints = {\n\t\tstate = inner\n\t\truns = 7\n\t}\n"
      "\truns = 4127\n"
      "\tlast exit code = 125\n"
      "}\n");
  CHECK(service.path == "/Library/LaunchAgents/org.example.demo.plist");
  CHECK(service.program == "/opt/demo/bin/demo");
  CHECK(service.state == "spawn scheduled");
  CHECK(service.runs == 4127);
  CHECK(service.last_exit == "125");
}

TEST_CASE("what is not printed stays unknown") {
  const LaunchdService service = parse_launchd_print("runs = many\nnothing\n}\n");
  CHECK_FALSE(service.runs);
  CHECK_FALSE(service.state);
  CHECK_FALSE(service.last_exit);
}

TEST_CASE("overrides of old and new systems are read") {
  const auto overrides = parse_launchd_disabled(
      "disabled services = {\n\t\"org.example.a\" => true\n\t\"org.example.b\" => disabled\n"
      "\t\"org.example.c\" => enabled\n\tlogin item associations = {\n}\n");
  REQUIRE(overrides.size() == 3);
  CHECK(overrides[0].disabled);
  CHECK(overrides[1].disabled);
  CHECK_FALSE(overrides[2].disabled);
  CHECK(overrides[2].label == "org.example.c");
}

TEST_CASE("the account's domain is asked") {
  PlayingProcessRunner runner(std::vector<RecordedCommand>{
      {{"launchctl", "print", "gui/501/org.example.a"}, {}},
      {{"launchctl", "print-disabled", "gui/501"}, {}},
      {{"launchctl", "list"}, {}}});
  const Launchd launchd(runner, 501);
  CHECK(launchd.print("org.example.a", 1000));
  CHECK(launchd.print_disabled(1000));
  CHECK(launchd.list(1000));
}
