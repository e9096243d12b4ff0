#include "runtime/machine/mount_plan.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/machine/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::MachineScene;

namespace {

MachineMountPlan plan(const MachineScene& scene, const MountRoots& roots = {}) {
  const DenySet deny = scene.deny();
  const PolicyContext context{
      .deny = deny, .directory = scene.home, .cache_root = scene.home / ".cache/sourceos"};
  return plan_mounts(context, scene.profile().profile, roots).value();
}

}  // namespace

TEST_CASE("the default roots are planned with their classes") {
  const MachineScene scene;
  const MachineMountPlan made = plan(scene);
  CHECK(made.is_allowed());
  const json::Value document = mount_plan_document(made, PlanScope::all, {scene.home.string()});
  CHECK(document["type"] == "AgentMachineMountPlan");
  CHECK(document["dryRun"] == true);
  CHECK(document["mounts"].size() == 3);
  CHECK(document["mounts"][0]["mountId"] == "dev-root");
  CHECK(document["mounts"][0]["directExecutionAllowed"] == true);
  CHECK(document["mounts"][1]["agentPath"] == "/workspace/output");
  CHECK(document["mounts"][2]["accessMode"] == "browser-read-write-agent-read-only");
  CHECK(document["wouldCreate"].size() == 2);
  CHECK(document["policyHash"].get<std::string>().starts_with("sha256:"));
  CHECK_FALSE(document.contains("policyErrors"));
}

TEST_CASE("downloads are left out when they are not asked for") {
  const MachineScene scene;
  CHECK(mount_plan_document(plan(scene), PlanScope::without_downloads, {}).at("mounts").size() ==
        2);
}

TEST_CASE("a code root that is not there is no error and is never made") {
  MachineScene scene;
  std::filesystem::remove_all(scene.home / "dev");
  const MachineMountPlan made = plan(scene);
  CHECK(made.is_allowed());
  CHECK_FALSE(made.mounts[0].is_to_be_made());
  CHECK(made.mounts[1].is_to_be_made());
}

TEST_CASE("the whole of Downloads, home and secrets are policy errors") {
  const MachineScene scene;
  for (const auto& [path, reason] :
       std::vector<std::pair<std::string, std::string>>{{"~/Downloads", "user-folder-wholesale"},
                                                        {"~", "home-wholesale"},
                                                        {"~/.ssh", "sensitive-path"}}) {
    MountRoots roots;
    roots.downloads = path;
    const json::Value document = mount_plan_document(plan(scene, roots), PlanScope::all, {});
    REQUIRE(document.contains("policyErrors"));
    CHECK(document["policyErrors"][0]["reason"] == reason);
  }
}

TEST_CASE("the policy hash does not depend on the account") {
  const MachineScene one;
  const MachineScene two;
  CHECK(plan(one).policy_hash == plan(two).policy_hash);
  MountRoots roots;
  roots.documents = "~/Documents/other";
  CHECK(plan(one, roots).policy_hash != plan(one).policy_hash);
}

TEST_CASE("mount evidence has the fields of its contract and no other") {
  const MachineScene scene;
  const json::Value evidence = mount_evidence_document(
      plan(scene), scene.profile().profile, {scene.home.string()}, "2026-01-31T12:00:00Z");
  CHECK(evidence["kind"] == "AgentMachineMountEvidence");
  CHECK(evidence.size() == 18);
  CHECK(evidence["mounts"][1]["hostPathRef"] == "$HOME/Documents/SourceOS/agent-output");
  CHECK(evidence["mounts"][1].size() == 11);
  CHECK(evidence["mounts"][0]["contentHash"].get<std::string>().starts_with("sha256:"));
  CHECK(evidence["mounts"][1]["contentHash"].is_null());  // not there
}
