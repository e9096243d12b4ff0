// The record of an activation.
#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/unit/runtime/activation/activation_world.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

TEST_CASE("the record has the fields of its contract") {
  tests::ActivationWorld world;
  const auto report = world.activate();
  REQUIRE(report);
  const json::Value record = as_json(*report, [](std::string_view text) { return std::string(text); });
  CHECK(record.at("type") == "LocalAgentActivation");
  for (const char* field : {"transactionId", "startedAt", "finishedAt", "agents", "bundleId"}) {
    CHECK_MESSAGE(record.contains(field), field);
  }
  const json::Value& agent = record.at("agents").at(0);
  for (const char* field : {"name", "before", "after", "result", "reason", "steps", "states", "preflight",
                            "findings", "rollback", "stagingDir", "remediation"}) {
    CHECK_MESSAGE(agent.contains(field), field);
  }
  CHECK(agent.at("states") ==
        json::Value{{"staged", false}, {"installed", true}, {"enabled", true}, {"running", true}});
  CHECK(agent.at("steps").size() == 10);
  CHECK(agent.at("steps").at(9).at("status") == "done");
  CHECK(agent.at("reason").is_null());
}

TEST_CASE("every text of the host goes through redaction") {
  tests::ActivationWorld world;
  world.image_exists = 1;
  const auto report = world.activate();
  REQUIRE(report);
  const std::string home = world.fake.home.path();
  const json::Value record = as_json(*report, [&](std::string_view text) {
    std::string shown(text);
    for (auto at = shown.find(home); at != std::string::npos; at = shown.find(home)) {
      shown.replace(at, home.size(), "$HOME");
    }
    return shown;
  });
  CHECK(record.dump().find(home) == std::string::npos);
}
