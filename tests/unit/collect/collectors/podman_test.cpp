#include "collect/collectors/builtin.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::collect;

TEST_CASE("a running machine gives information, lists and inspections") {
  CollectFixture fixture("macos-podman-running");
  const auto outcome = fixture.run(
      podman_collector(),
      {{"containers", {"demo-service"}}, {"images", {"localhost/demo/service:1", "localhost/demo/absent:1"}}});
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::ok);
  for (const char* name :
       {"info.json", "connections.json", "machines.json", "containers.json", "images.json"}) {
    CHECK_MESSAGE(fixture.find({"podman", name}) != nullptr, name);
  }
  CHECK(fixture.find({"podman", "machines", "podman-machine-default.json"})->kind ==
        EntryKind::machine_inspect);
  CHECK(fixture.find({"podman", "inspect", "containers", "demo-service.json"})->hint ==
        ContentHint::inspect);
  CHECK(fixture.find({"podman", "inspect", "images", "localhost/demo/absent:1.json"}) == nullptr);
  CHECK(fixture.found.lessons.size() == 2);
  REQUIRE(fixture.found.facts.image);
  CHECK(fixture.found.facts.image->reference == "localhost/demo/service:1");
  CHECK(fixture.found.facts.image->present);
  CHECK(fixture.found.facts.image->digest->starts_with("sha256:"));
  CHECK(fixture.json_at({"podman", "podman.json"})["reachable"] == true);
}

TEST_CASE("a stopped machine is a failure with all that could be asked") {
  CollectFixture fixture("macos-restart-storm");
  const auto outcome = fixture.run(podman_collector(), {{"containers", {"node-commander"}}});
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::failed);
  CHECK(outcome->reason == "podman-unreachable");
  CHECK(fixture.text({"podman", "machines.json"}).find("\"Running\": false") != std::string::npos);
  const json::Value document = fixture.json_at({"podman", "podman.json"});
  CHECK(document["reachable"] == false);
  CHECK(document["probes"][0]["exitCode"] == 125);
  CHECK(document["probes"][0]["error"].get<std::string>().find("connection refused") !=
        std::string::npos);
}

TEST_CASE("a missing podman is a gap that is written down") {
  CollectFixture fixture;
  const auto outcome = fixture.run(podman_collector());
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::skipped);
  CHECK(outcome->reason == "podman-missing");
  CHECK(fixture.json_at({"podman", "podman.json"})["probes"].size() == 1);
}
