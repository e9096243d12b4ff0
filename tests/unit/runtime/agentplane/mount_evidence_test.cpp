#include <doctest/doctest.h>

#include "tests/unit/runtime/agentplane/scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

TEST_CASE("mount evidence has the rows of the record without the toolkit's own fields") {
  const json::Value value = exported_one(run_scene(), to_agentplane(), "AgentMachineMountEvidence");
  REQUIRE(value.at("mounts").size() == 1);
  CHECK_FALSE(value.at("mounts")[0].contains("podmanOptions"));
  CHECK_FALSE(value.at("mounts")[0].contains("scan"));
  CHECK(value.at("storageBackend") == "native-bind");
  CHECK(value.at("gitRef") == "refs/heads/main");
  CHECK(value.at("localDataPlaneRef") == "urn:srcos:agent-machine-local-data-plane:demo-linux");
  CHECK(value.at("executor") == "local-linux-podman");
  CHECK(value.at("topolvmPlacement").is_null());
}

TEST_CASE("a launch without mounts cannot be expressed") {
  Scene scene = run_scene();
  scene.record["mounts"] = json::Value::array();
  CHECK(refusal(scene, to_agentplane(), "AgentMachineMountEvidence") == "no-mounts");
}

TEST_CASE("mounts init has its rows in its mount evidence") {
  Scene scene;
  scene.record["command"]["path"] = {"agent-machine", "mounts", "init"};
  scene.record["mode"] = "apply";
  scene.add("mounts.json", "mount-evidence", {{"mounts", {mount_row()}}});
  const json::Value value = exported_one(scene, to_agentplane(), "mount-evidence");
  CHECK(value.at("mounts").size() == 1);
  CHECK(value.at("localDataPlaneRef") == "urn:srcos:agent-machine-local-data-plane:default");
}
