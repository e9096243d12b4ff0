#include "runtime/agent/preflight.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "runtime/agent/preflight_run.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

using tests::AgentWorld;
using tests::check_of;
using tests::numbers;

TEST_CASE("an agent with everything in place passes on both platforms") {
  for (const char* adapter : {"linux", "macos"}) {
    AgentWorld world(adapter);
    world.make_ready();
    const Preflight preflight = world.preflight();
    CHECK(preflight.checks.size() == 18);
    CHECK(numbers(preflight, CheckStatus::fail).empty());
    CHECK(preflight.passed());
  }
}

TEST_CASE("what a failed check blocks is skipped and says by what") {
  AgentWorld world("macos");
  world.make_ready();
  world.has_podman = false;
  const Preflight preflight = world.preflight();
  CHECK(numbers(preflight, CheckStatus::fail) == std::vector<int>{4});
  CHECK(numbers(preflight, CheckStatus::skip) == std::vector<int>{5, 6, 7, 8, 9, 13});
  CHECK(check_of(preflight, 9).blocked_by == 4);
  CHECK(preflight.reason() == "podman-missing");
}

TEST_CASE("an unknown platform fails once and blocks the rest") {
  AgentWorld world("windows");
  const Preflight preflight = world.preflight();
  CHECK(numbers(preflight, CheckStatus::fail) == std::vector<int>{1});
  CHECK(numbers(preflight, CheckStatus::skip).size() == 17);
  CHECK(preflight.reason() == "host-unsupported");
}

TEST_CASE("the document has every check, the counts and what is allowed") {
  AgentWorld world("macos");
  world.make_ready();
  world.machines = "[]";
  const json::Value document =
      as_json(world.preflight(), [](std::string_view text) { return std::string(text); });
  CHECK(document.at("type") == "LocalAgentPreflight");
  CHECK(document.at("result") == "fail");
  CHECK(document.at("counts").at("fail") == 1);
  CHECK(document.at("persistence").at("allowed") == false);
  CHECK(document.at("persistence").at("reason") == "machine-absent");
  CHECK(document.at("checks").at(5).at("n") == 6);
  CHECK(document.at("checks").at(7).at("blockedBy") == 6);
  CHECK(document.at("checks").at(0).at("reason").is_null());
  CHECK(document.at("bundleId").is_null());
}

TEST_CASE("a preflight changes nothing") {
  AgentWorld world;
  world.document["logs"] = {{"app", "/var/log/sample/a.log"}};
  (void)world.preflight();
  CHECK(std::filesystem::is_empty(world.home()));
}

}  // namespace sourceos::runtime
