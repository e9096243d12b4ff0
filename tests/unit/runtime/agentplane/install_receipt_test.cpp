#include <doctest/doctest.h>

#include "tests/unit/runtime/agentplane/scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

namespace {

Scene install_scene(const char* command = "install") {
  Scene scene;
  scene.record["command"]["path"] = {command};
  scene.record["mode"] = "apply";
  scene.record["subject"] = {{"kind", "local-agent"}, {"ref", "urn:srcos:local-agent:node-commander"}};
  scene.add("agent/declaration.json", "plan", {{"type", "LocalAgentDeclaration"}})
      .add("agent/node-commander.service", "service-definition");
  return scene;
}

std::string state(const Scene& scene) {
  return exported_one(scene, to_sourceos(), "RuntimeInstallReceipt").at("installState").get<std::string>();
}

json::Value outcome(int code, const char* result, json::Value reason) {
  return {{"exitCode", code}, {"result", result}, {"reason", std::move(reason)}, {"started", nullptr}};
}

}  // namespace

TEST_CASE("an install receipt says in which state the runtime is") {
  CHECK(state(install_scene()) == "installed");
  CHECK(state(install_scene("stage")) == "deferred");
  Scene scene = install_scene();
  scene.record["mode"] = "dry-run";
  CHECK(state(scene) == "deferred");
  scene = install_scene();
  scene.record["outcome"] = outcome(1, "negative", "lint-failed");
  CHECK(state(scene) == "denied");
  scene.record["outcome"] = outcome(1, "negative", "preflight-failed");
  CHECK(state(scene) == "deferred");
  CHECK(exported_one(scene, to_sourceos(), "RuntimeInstallReceipt").at("failureReason") == "preflight-failed");
  scene.record["outcome"] = outcome(4, "error", "io");
  CHECK(state(scene) == "failed");
  scene.record["outcome"] = outcome(1, "negative", "start-failed");
  scene.record["actions"] = {action("install", "rolled-back")};
  CHECK(state(scene) == "rolled_back");
  CHECK(exported_one(scene, to_sourceos(), "RuntimeInstallReceipt").at("rollbackRef").get<std::string>().starts_with("sha256:"));
  scene.record["actions"].push_back(action("undo", "failed"));
  CHECK(state(scene) == "partial");
}

TEST_CASE("what an activation wrote about its agent decides") {
  const auto activated = [](json::Value agent) {
    Scene scene = install_scene("activate");
    scene.add("activation.json", "plan", {{"type", "LocalAgentActivation"}, {"agents", json::Value::array({std::move(agent)})}});
    return scene;
  };
  CHECK(state(activated({{"result", "running"}, {"reason", nullptr}})) == "installed");
  CHECK(state(activated({{"result", "failed"}, {"rollback", {{"performed", true}, {"complete", true}}}})) == "rolled_back");
  CHECK(state(activated({{"result", "failed"}, {"rollback", {{"performed", true}, {"complete", false}}}})) == "partial");
  const Scene staged = activated({{"result", "staged"}, {"reason", "machine-stopped"}});
  CHECK(state(staged) == "deferred");
  CHECK(exported_one(staged, to_sourceos(), "RuntimeInstallReceipt").at("failureReason") == "machine-stopped");
}

TEST_CASE("artifacts are definition and declaration, by digest") {
  const json::Value receipt = exported_one(install_scene(), to_sourceos(), "RuntimeInstallReceipt");
  CHECK(receipt.at("artifacts").size() == 2);
  CHECK(receipt.at("platform") == "linux-x64");
  CHECK(receipt.at("manifest").at("manifestDigest").get<std::string>().size() == 64);
}

TEST_CASE("what the actions wrote is named by the digests of the files themselves") {
  Scene scene = install_scene();
  json::Value launcher = action("write-launcher");
  launcher["target"] = "$HOME/.local/share/sourceos/agents/node-commander/launch";
  launcher["after"] = "sha256:" + std::string(64, 'a');
  scene.record["actions"] = {launcher, action("reload")};
  const json::Value artifacts =
      exported_one(scene, to_sourceos(), "RuntimeInstallReceipt").at("artifacts");
  REQUIRE(artifacts.size() == 2);
  CHECK(artifacts[0].at("digest") == launcher["after"]);
  CHECK(artifacts[0].at("artifactRef") == launcher["target"]);
  CHECK(artifacts[1].at("artifactRef") == "declaration");
}
