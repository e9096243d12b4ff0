#include "collect/collectors/builtin.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace sourceos;
using namespace sourceos::collect;

namespace {

bool has(const host::ProcessRequest& request, std::string_view word) {
  return std::find(request.argv.begin(), request.argv.end(), word) != request.argv.end();
}

// A user manager with one failed unit, no system manager.
host::ProcessOutcome user_only(const host::ProcessRequest& request) {
  if (request.argv[0] == "journalctl") {
    return tests::exited(0, "a line of the journal\n");
  }
  if (has(request, "--system")) {
    host::ProcessOutcome outcome = tests::exited(1);
    outcome.error_output = "Failed to connect to bus: No such file or directory\n";
    return outcome;
  }
  if (has(request, "is-system-running")) {
    return tests::exited(1, "degraded\n");
  }
  if (has(request, "list-units")) {
    return tests::exited(0, "demo.service loaded failed failed Demo\n");
  }
  if (has(request, "show")) {
    return tests::exited(0,
                         "Id=demo.service\nActiveState=failed\nNRestarts=12\n"
                         "FragmentPath=/etc/systemd/user/demo.service\n"
                         "DropInPaths=/etc/systemd/user/demo.service.d/a.conf\n");
  }
  return tests::exited(0, "# /etc/systemd/user/demo.service\n[Service]\nExecStart=/bin/demo\n");
}

}  // namespace

TEST_CASE("a named unit gives state, definition and journal") {
  CollectFixture fixture;
  fixture.fake.processes.answer = user_only;
  fixture.fake.home.write("root/etc/systemd/user/demo.service", "[Service]\n");
  std::filesystem::create_directories(fixture.fake.home / "root/etc/systemd/user/demo.service.d");
  std::filesystem::create_symlink("/elsewhere",
                                  fixture.fake.home / "root/etc/systemd/user/demo.service.d/a.conf");
  const auto outcome = fixture.run(systemd_collector(), {{"user_units", {"demo.service"}}});
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::ok);
  const json::Value document = fixture.json_at({"systemd", "systemd.json"});
  const json::Value& user = document["scopes"][0];
  CHECK(user["state"] == "degraded");
  CHECK(user["failedUnits"][0] == "demo.service");
  CHECK(user["units"][0]["properties"][2]["value"] == "12");
  CHECK(user["units"][0]["files"][0]["kind"] == "regular");
  CHECK(user["units"][0]["files"][1]["kind"] == "link");
  CHECK(user["units"][0]["files"][1]["target"] == "/elsewhere");
  CHECK(document["scopes"][1]["reachable"] == false);
  CHECK(fixture.find({"systemd", "user", "demo.service", "definition"})->hint ==
        ContentHint::unit_file);
  CHECK(fixture.text({"systemd", "user", "demo.service", "journal.log"}) ==
        "a line of the journal\n");
  CHECK(fixture.found.lessons.size() == 1);
}

TEST_CASE("no journal is read when no lines are wanted") {
  CollectFixture fixture;
  fixture.fake.processes.answer = user_only;
  REQUIRE(fixture.run(systemd_collector(),
                      {{"user_units", {"demo.service"}}, {"journal_lines", 0}}));
  CHECK(fixture.find({"systemd", "user", "demo.service", "journal.log"}) == nullptr);
}

TEST_CASE("a manager that was asked for and does not answer is a failure") {
  CollectFixture fixture;
  fixture.fake.processes.answer = user_only;
  auto outcome = fixture.run(systemd_collector(), {{"system_units", {"x.service"}}});
  REQUIRE(outcome);
  CHECK(outcome->reason == "systemd-system-unavailable");

  fixture.fake.processes.answer = [](const host::ProcessRequest&) {
    host::ProcessOutcome down = tests::exited(1);
    down.error_output = "Failed to connect to bus\n";
    return down;
  };
  outcome = fixture.run(systemd_collector());
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::failed);
  CHECK(outcome->reason == "systemd-user-unavailable");
}

TEST_CASE("systemd is a gap where it is missing or not of this system") {
  CollectFixture fixture;
  CHECK(fixture.run(systemd_collector())->reason == "systemctl-missing");
  fixture.fake.host.environment.adapter = "macos";
  CHECK(fixture.run(systemd_collector())->reason == "not-applicable");
}
