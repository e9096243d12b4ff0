#include "runtime/machine/launch_mounts.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/machine/launch_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::LaunchScene;

namespace {

constexpr const char* k_id = "urn:srcos:agent-machine-mount-policy:sample";

void write_policy(LaunchScene& scene, const char* access) {
  const json::Value document = {{"id", k_id},
                                {"type", "AgentMachineMountPolicy"},
                                {"specVersion", "2.2.0"},
                                {"name", "sample"},
                                {"defaultDecision", "deny"},
                                {"allowedRoots",
                                 {{{"path", "~/dev"},
                                   {"pathClass", "code"},
                                   {"accessMode", access},
                                   {"recursive", true}}}},
                                {"deniedPatterns", json::Value::array()}};
  (void)scene.fake.home.write(".config/sourceos/test/contracts/policy.json", document.dump());
}

}  // namespace

TEST_CASE("the policy that a profile names is in force, and in the policy hash") {
  LaunchScene scene;
  const std::string without = scene.plan().policy_hash;
  scene.loaded.profile.mount_policy_ref = k_id;
  const LaunchPlan unresolved = scene.plan();
  CHECK(unresolved.refusal->reason == "ref-unresolved");
  CHECK_FALSE(scene.changed_something());
  CHECK(std::count(unresolved.warnings.begin(), unresolved.warnings.end(), "mount-policy-unresolved") == 1);
  CHECK(unresolved.policy_hash == without);
  write_policy(scene, "read-write");
  const LaunchPlan allowed = scene.plan();
  CHECK_MESSAGE(allowed.is_allowed(), allowed.refusal->read_out());
  CHECK(allowed.policy_hash != without);
  write_policy(scene, "read-only");
  CHECK(scene.reason() == "access-wider");
  CHECK_FALSE(scene.changed_something());
  (void)scene.fake.home.write(".config/sourceos/test/contracts/policy.json",
                              R"({"id": ")" + std::string(k_id) + R"(", "type": "AgentMachineMountPolicy"})");
  CHECK(scene.reason() == "contract-invalid");
}

TEST_CASE("each mount says what lay in it, or why nobody knows") {
  LaunchScene scene;
  (void)scene.fake.home.write("dev/r/file", "abc");
  const LaunchPlan plan = scene.plan();
  REQUIRE(plan.is_allowed());
  const json::Value rows = plan.content_rows();
  REQUIRE(rows.size() == plan.mounts.size());
  CHECK(rows[0]["contentHash"].get<std::string>().starts_with("sha256:"));
  CHECK(rows[0]["files"] == 1);
  CHECK(plan.mount_rows({})[0]["contentHash"] == rows[0]["contentHash"]);
  (void)scene.fake.home.write("dev/r/file", "abd");
  CHECK(scene.plan().content_rows()[0]["contentHash"] != rows[0]["contentHash"]);
}
