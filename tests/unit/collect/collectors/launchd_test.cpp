#include "collect/collectors/builtin.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::collect;

TEST_CASE("a restart storm shows in definition, override and run count") {
  CollectFixture fixture("macos-restart-storm");
  const auto outcome = fixture.run(launchd_collector());
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::ok);
  const json::Value document = fixture.json_at({"launchd", "launchd.json"});
  REQUIRE(document["services"].size() == 2);
  const json::Value& helper = document["services"][0];
  CHECK(helper["place"] == "user-agents");
  CHECK(helper["keepAlive"] == "dictionary");
  CHECK(helper["loaded"] == false);
  CHECK(helper["program"][0] == "/Applications/Mail Helper.app/Contents/MacOS/helper");
  const json::Value& storm = document["services"][1];
  CHECK(storm["label"] == "org.example.node-commander");
  CHECK(storm["place"] == "agents");
  CHECK(storm["keepAlive"] == "true");
  CHECK(storm["runAtLoad"] == true);
  CHECK(storm["runs"] == 4127);
  CHECK(storm["lastExit"] == "125");
  CHECK(storm["state"] == "spawn scheduled");
  CHECK(storm["standardErrorPath"] == "/tmp/node-commander.log");
  CHECK(document["overrides"][0]["disabled"] == true);
  CHECK(fixture.find({"launchd", "agents", "org.example.node-commander.plist"})->hint ==
        ContentHint::plist);
  CHECK(fixture.find({"launchd", "list.txt"}) != nullptr);
}

TEST_CASE("only the services that were named are looked at") {
  CollectFixture fixture("macos-restart-storm");
  REQUIRE(fixture.run(launchd_collector(), {{"labels", {"org.example.node-commander"}}}));
  CHECK(fixture.json_at({"launchd", "launchd.json"})["services"].size() == 1);
}

TEST_CASE("a file that is no property list is told and kept") {
  CollectFixture fixture;
  fixture.fake.host.environment.adapter = "macos";
  fixture.fake.home.write("Library/LaunchAgents/broken.plist", "not a plist");
  const auto outcome = fixture.run(launchd_collector());
  REQUIRE(outcome);
  CHECK(outcome->reason == "launchctl-missing");
  const json::Value document = fixture.json_at({"launchd", "launchd.json"});
  CHECK(document["services"][0]["parsed"] == false);
  CHECK(document["services"][0]["label"].is_null());
  CHECK(fixture.text({"launchd", "user-agents", "broken.plist"}) == "not a plist");
}

TEST_CASE("launchd is a gap on other systems") {
  CollectFixture fixture;
  CHECK(fixture.run(launchd_collector())->reason == "not-applicable");
}
