#include <doctest/doctest.h>

#include "tests/unit/runtime/agentplane/scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

TEST_CASE("an evidence pack has the bundle first, then a row an entry") {
  const Scene scene = run_scene();
  const json::Value pack = exported_one(scene, to_agentplane(), "EvidencePack");
  CHECK(pack.at("evidence").size() == scene.entries.size() + 1);
  CHECK(pack.at("evidence")[0].at("kind") == "run_bundle");
  CHECK(pack.at("evidence")[1].at("kind") == "commit");
  CHECK(pack.at("evidence")[1].at("fingerprints") == json::Value::array({std::string(40, 'c')}));
  CHECK(pack.at("workflowMode") == "direct");
  CHECK(pack.at("taskId") == scene.source().bundle_id);
}

TEST_CASE("only a scan with a high finding is an incident") {
  Scene scene = run_scene();
  scene.add("z/scan.json", "log-scan", {{"findings", json::Value::array()}});
  CHECK(exported_one(scene, to_agentplane(), "EvidencePack").at("evidence").back().at("kind") == "other");
  scene.entries.pop_back();
  scene.add("z/scan.json", "log-scan", {{"findings", {{{"severity", "high"}}}}});
  CHECK(exported_one(scene, to_agentplane(), "EvidencePack").at("evidence").back().at("kind") == "incident_finding");
}
