#include <doctest/doctest.h>

#include "tests/unit/runtime/agentplane/scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

namespace {

ExportOptions with_intent() {
  ExportOptions options = to_agentplane();
  options.backend_intent = "qemu";
  return options;
}

json::Value session_of(const json::Value& outcome) {
  Scene scene = run_scene();
  scene.record["outcome"] = outcome;
  return exported_one(scene, to_agentplane(), "SessionArtifact");
}

}  // namespace

TEST_CASE("the backend intent of a run is the operator's word, never invented") {
  CHECK(refusal(run_scene(), to_agentplane(), "RunArtifact") == "backend-intent-unmapped");
  const json::Value run = exported_one(run_scene(), with_intent(), "RunArtifact");
  CHECK(run.at("backendIntent") == "qemu");
  CHECK(run.at("sourceosBindings").at("agentMachine").at("actualBackendIntent") == "agent-machine");
  CHECK(run.at("status") == "success");
  CHECK(run.at("lane") == "staging");
  CHECK(run.at("stdoutRef").get<std::string>().starts_with("sha256:"));
}

TEST_CASE("a run that failed says so with its code, one that was refused leaves no artifact") {
  Scene scene = run_scene();
  scene.record["outcome"] = {{"exitCode", 3}, {"result", "negative"}, {"reason", nullptr}, {"started", true}};
  const json::Value run = exported_one(scene, with_intent(), "run-artifact");
  CHECK(run.at("status") == "failure");
  CHECK(run.at("exitCode") == 3);
  scene.record["outcome"] = {{"exitCode", 1}, {"result", "negative"}, {"reason", "grant-missing"}, {"started", false}};
  CHECK(refusal(scene, with_intent(), "RunArtifact") == "no-data");
}

TEST_CASE("a replay names secrets, never their values") {
  Scene scene = run_scene();
  scene.add("profile.json", "plan", [] {
    json::Value profile = sample_document("agentmachineprofile.linux-native.json");
    profile["secretRefs"] = {{{"name", "registry"}, {"tokenDoorRef", "urn:srcos:token-door:registry"}, {"required", false}}};
    return profile;
  }());
  std::rotate(scene.entries.begin(), scene.entries.end() - 1, scene.entries.end());
  const json::Value replay = exported_one(scene, with_intent(), "ReplayArtifact");
  CHECK(replay.at("inputs").at("secretsRequired") == json::Value::array({"registry"}));
  CHECK(replay.at("inputs").at("bundleRev") == std::string(40, 'c'));
  CHECK(replay.at("inputs").at("policyPackHash") == scene.record.at("policyHash"));
}

TEST_CASE("a session says how it ended") {
  const auto outcome = [](int code, const char* result, json::Value reason, bool started) {
    return json::Value{{"exitCode", code}, {"result", result}, {"reason", std::move(reason)}, {"started", started}};
  };
  CHECK(session_of(outcome(0, "ok", nullptr, true)).at("status") == "success");
  CHECK(session_of(outcome(2, "negative", nullptr, true)).at("status") == "failure");
  CHECK(session_of(outcome(1, "negative", "grant-missing", false)).at("status") == "deferred");
  CHECK(session_of(outcome(1, "negative", "governance-required", false)).at("status") == "deferred");
  CHECK(session_of(outcome(1, "negative", "home-wholesale", false)).at("status") == "failure");
  CHECK(session_of(outcome(130, "interrupted", nullptr, true)).at("status") == "canceled");
  CHECK(session_of(outcome(0, "ok", "detached", true)).at("status") == "paused");
}

TEST_CASE("a check that was skipped is a warning that says so, and only a failure makes invalid") {
  Scene scene;
  scene.record["command"]["path"] = {"agent-machine", "doctor"};
  json::Value checks = {{{"id", "a"}, {"status", "pass"}, {"detail", "good"}},
                        {{"id", "b"}, {"status", "skip"}, {"detail", "not-applicable"}}};
  scene.add("checks.json", "check-report", {{"checks", checks}});
  json::Value value = exported_one(scene, to_agentplane(), "ValidationArtifact");
  CHECK(value.at("valid") == true);
  CHECK(value.at("checks")[1].at("status") == "warn");
  CHECK(value.at("checks")[1].at("message").get<std::string>().starts_with("skipped"));
  checks.push_back({{"id", "c"}, {"status", "fail"}, {"detail", "bad"}});
  scene.entries.clear();
  scene.add("checks.json", "check-report", {{"checks", checks}});
  CHECK(exported_one(scene, to_agentplane(), "ValidationArtifact").at("valid") == false);
}

TEST_CASE("the bundle binding names the surfaces of enabled tools") {
  const json::Value value = exported_one(run_scene(), to_agentplane(), "bundle-binding");
  const json::Value& binding = value.at("spec").at("agentMachine");
  CHECK(binding.at("profileRef") == "urn:srcos:agent-machine-profile:linux-native");
  CHECK(binding.at("toolSurfaceRefs") ==
        json::Value::array({"urn:srcos:agent-tool-door:demo-linux#codex", "urn:srcos:agent-tool-door:demo-linux#local-shell"}));
  CHECK_FALSE(binding.contains("topolvmPlacementProfileRef"));
  CHECK(value.at("spec").at("vm").at("backendIntent") == "agent-machine");
}
