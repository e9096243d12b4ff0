#include "runtime/machine/fingerprint.hpp"

#include <doctest/doctest.h>

#include "core/json/schema.hpp"
#include "tests/unit/runtime/machine/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::MachineScene;

namespace {

json::Value take(MachineScene& scene, bool named = true) {
  host::ToolFinder tools(scene.fake.host.environment);
  const DenySet deny = scene.deny();
  const LoadedProfile profile = scene.profile();
  std::vector<PodmanAnswer> answers;
  return take_fingerprint({.host = scene.fake.host,
                           .tools = tools,
                           .profile = named ? &profile : nullptr,
                           .effective = profile,
                           .deny = deny,
                           .repo_ref = std::nullopt,
                           .git = std::nullopt,
                           .mounts = {},
                           .policy_hash = "sha256:" + std::string(64, '0'),
                           .host_tag = "0123456789ab",
                           .toolkit_version = "0.1.0",
                           .door_refs = {}},
                          answers)
      .value();
}

}  // namespace

TEST_CASE("two looks at an unchanged host have one hash") {
  MachineScene scene;
  const json::Value first = take(scene);
  const json::Value second = take(scene);
  CHECK(first["fingerprintHash"] == second["fingerprintHash"]);
  CHECK(first["complianceStatus"] == "compliant");
  CHECK(first["podman"]["rootless"] == true);
  CHECK(first["image"]["present"] == true);
}

TEST_CASE("another tool, image or state is another hash") {
  MachineScene scene;
  const auto hash = [&] { return take(scene)["fingerprintHash"].get<std::string>(); };
  const std::string before = hash();
  scene.answers["--version"] = tests::exited(0, "podman version 4.3.2");
  const std::string tool = hash();
  CHECK(tool != before);
  scene.answers["image inspect"] = tests::exited(0, R"([{"Id":"other"}])");
  CHECK(hash() != tool);
}

TEST_CASE("the hash covers neither id nor time nor evidence") {
  MachineScene scene;
  json::Value document = take(scene);
  const std::string hash = fingerprint_hash(document).value();
  document["capturedAt"] = "2030-01-01T00:00:00Z";
  document["id"] = "urn:srcos:agent-machine-fingerprint:x";
  document["evidenceRefs"] = {"urn:srcos:evidence-bundle:x"};
  CHECK(fingerprint_hash(document).value() == hash);
  document["policyHash"] = "sha256:" + std::string(64, '1');
  CHECK(fingerprint_hash(document).value() != hash);
}

TEST_CASE("what cannot be seen is null and has a note") {
  MachineScene scene;
  scene.fake.host.environment.search_path.clear();
  const json::Value document = take(scene, false);
  CHECK(document["complianceStatus"] == "unknown");
  CHECK(document["podman"]["clientVersion"].is_null());
  CHECK(document["podman"]["socketReachable"].is_null());
  CHECK(document["image"].is_null());
  CHECK(document["complianceNotes"].size() >= 2);
}

TEST_CASE("what was seen and differs is not compliant") {
  MachineScene scene;
  scene.answers["image exists"] = tests::exited(1);
  CHECK(take(scene)["complianceStatus"] == "non-compliant");
}
