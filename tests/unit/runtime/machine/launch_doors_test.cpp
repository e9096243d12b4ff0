#include "runtime/machine/launch_doors.hpp"

#include <doctest/doctest.h>

#include "core/json/parse.hpp"
#include "tests/unit/runtime/machine/launch_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::LaunchScene;

namespace {

json::Value example(const std::string& name) {
  return json::parse(
             tests::read_file(std::string(SOURCEOS_SOURCE_DIR) + "/schemas/examples/" + name))
      .value();
}

// The Linux set of examples, fitted to the scene's profile.
struct DoorScene : LaunchScene {
  json::Value grant_document = example("hostinterfacegrant.linux-operator.json");

  DoorScene() {
    const json::Value interfaces = example("securehostinterfaceprofile.linux.json");
    loaded.profile.id = interfaces["targetProfileRef"];
    loaded.profile.secure_host_interface_ref = interfaces["id"].get<std::string>();
    loaded.profile.agent_plane.workspace_id = interfaces["workspaceId"];
    for (const char* name : {"securehostinterfaceprofile.linux.json", "terminaldoor.linux.json",
                             "agenttooldoor.linux.json"}) {
      (void)fake.home.write(std::string(".config/sourceos/test/contracts/") + name,
                            example(name).dump());
    }
  }

  // What the scene's launch needs.
  void write_grant() {
    grant_document["policyHash"] = policy();
    grant_document["allowedRepoPaths"] = {
        {{"path", "~/dev/r"}, {"accessMode", "read-write"}, {"recursive", true}}};
    grant_document["issuedAt"] = "2026-05-28T00:00:00Z";
    grant_document["expiresAt"] = "2026-06-10T00:00:00Z";
    grant = fake.home.write("grant.json", grant_document.dump());
  }
  std::string policy() { return plan(LaunchKind::shell).policy_hash; }
};

}  // namespace

TEST_CASE("a shell goes through the terminal door of its interface profile") {
  DoorScene scene;
  const LaunchPlan plan = scene.plan(LaunchKind::shell);
  CHECK(plan.grants.size() >= 2);
  CHECK(plan.transcript != "off");
  CHECK(plan.transcript_bytes_max > 0);
}

TEST_CASE("a door that nobody has refuses") {
  DoorScene scene;
  std::filesystem::remove(scene.home / ".config/sourceos/test/contracts/terminaldoor.linux.json");
  CHECK(scene.reason(LaunchKind::shell) == "ref-unresolved");
}

TEST_CASE("a grant is needed, in force and for this") {
  DoorScene scene;
  if (scene.reason(LaunchKind::shell) == "grant-missing") {
    scene.write_grant();
    const LaunchPlan plan = scene.plan(LaunchKind::shell);
    CHECK_MESSAGE(plan.is_allowed(), plan.refusal->read_out());
  }
  scene.write_grant();
  scene.grant = scene.home / "absent.json";
  CHECK(scene.reason(LaunchKind::shell) == "grant-missing");
  scene.write_grant();
  scene.grant_document["expiresAt"] = "2026-05-28T20:00:00Z";
  scene.grant = scene.fake.home.write("grant.json", scene.grant_document.dump());
  CHECK(scene.reason(LaunchKind::shell) == "grant-expired");
  scene.write_grant();
  scene.grant_document["policyHash"] = "sha256:" + std::string(64, '0');
  scene.grant = scene.fake.home.write("grant.json", scene.grant_document.dump());
  CHECK(scene.reason(LaunchKind::shell) == "grant-policy-mismatch");
}

TEST_CASE("doors and the grant in force are named, sorted") {
  DoorScene scene;
  scene.write_grant();
  const LaunchPlan plan = scene.plan(LaunchKind::shell);
  REQUIRE_MESSAGE(plan.is_allowed(), plan.refusal->read_out());
  CHECK(std::is_sorted(plan.door_refs.begin(), plan.door_refs.end()));
  const auto has = [&](const std::string& id) {
    return std::find(plan.door_refs.begin(), plan.door_refs.end(), id) != plan.door_refs.end();
  };
  CHECK(has(scene.grant_document["id"].get<std::string>()));
  auto refs = open_door_refs(scene.fake.host.environment, {}, scene.loaded.profile);
  REQUIRE(refs.has_value());
  CHECK_FALSE(refs->empty());
  CHECK(refs->size() + 1 == plan.door_refs.size());
  scene.loaded.profile.secure_host_interface_ref = "urn:srcos:secure-host-interface:absent";
  CHECK(open_door_refs(scene.fake.host.environment, {}, scene.loaded.profile).error().reason ==
        "ref-unresolved");
  scene.loaded.profile.secure_host_interface_ref.reset();
  CHECK(open_door_refs(scene.fake.host.environment, {}, scene.loaded.profile)->empty());
}
