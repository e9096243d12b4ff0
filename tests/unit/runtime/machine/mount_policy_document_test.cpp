#include "runtime/machine/mount_policy_document.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/machine/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::MachineScene;

namespace {

constexpr const char* k_id = "urn:srcos:agent-machine-mount-policy:sample";

json::Value policy_document() {
  return {{"id", k_id},
          {"type", "AgentMachineMountPolicy"},
          {"specVersion", "2.2.0"},
          {"name", "sample"},
          {"defaultDecision", "deny"},
          {"allowedRoots",
           {{{"path", "~/dev"},
             {"pathClass", "code"},
             {"accessMode", "read-write"},
             {"recursive", true},
             {"requiresGrant", false}}}},
          {"deniedPatterns", {{{"pattern", "**/private"}, {"reason", "not for agents"}}}}};
}

struct PolicyScene : MachineScene {
  Profile named = profile().profile;
  PolicyScene() { named.mount_policy_ref = k_id; }
  void write(const json::Value& document, const std::string& name = "policy.json") {
    (void)fake.home.write(".config/sourceos/test/contracts/" + name, document.dump());
  }
  Result<NamedMountPolicy> find() const {
    return find_mount_policy(fake.host.environment, {}, named);
  }
  MountDecision decide(const json::Value& document, const std::string& path,
                       std::vector<std::string> granted = {},
                       AccessMode access = AccessMode::read_write) const {
    const DenySet denied = deny();
    const MountPolicyDocument policy = read_mount_policy(document).value();
    PolicyContext context{.deny = denied, .directory = home, .cache_root = home / ".cache"};
    context.policy = &policy;
    context.granted = std::move(granted);
    MountRequest request;
    request.mount_id = "repo";
    request.host_path = path;
    request.agent_path = "/workspace/dev/r";
    request.access = access;
    return decide_mount(context, request);
  }
};

bool matches(const char* pattern, const char* path) {
  return match_pattern(Adapter::on_linux, "/home/a", pattern, path);
}

}  // namespace

TEST_CASE("patterns cover a place, what lies in it, and what holds it when they are plain") {
  CHECK(matches("~/x", "/home/a/x"));
  CHECK(matches("~/x", "/home/a/x/deep"));
  CHECK(matches("~/x/y", "/home/a/x"));
  CHECK_FALSE(matches("~/x", "/home/a/xy"));
  CHECK(matches("/srv/*/data", "/srv/one/data/deep"));
  CHECK_FALSE(matches("/srv/*/data", "/srv/one/two/data"));
  CHECK(matches("/srv/**/data", "/srv/one/two/data"));
  CHECK(matches("private", "/home/a/dev/private/x"));
  CHECK(matches("**/private", "/home/a/dev/private"));
  CHECK(matches("*.secret", "/home/a/dev/a.secret"));
  CHECK_FALSE(matches("private", "/home/a/dev/private2"));
  CHECK(matches("?b", "/home/a/ab"));
  CHECK_FALSE(matches("", "/home/a"));
}

TEST_CASE("the toolkit's own policy needs no document, another one is looked for") {
  PolicyScene scene;
  scene.named.mount_policy_ref = k_own_mount_policy;
  CHECK(scene.find()->in_force() == nullptr);
  CHECK(scene.find()->warnings.empty());
  scene.named.mount_policy_ref = k_id;
  const auto absent = scene.find();
  REQUIRE(absent.has_value());
  CHECK(absent->in_force() == nullptr);
  CHECK(absent->document->is_null());
  CHECK(absent->warnings == std::vector<std::string>{"mount-policy-unresolved"});
  CHECK(absent->unresolved->reason == "ref-unresolved");
  scene.write(policy_document());
  const auto found = scene.find();
  REQUIRE_MESSAGE(found.has_value(), found.error().read_out());
  REQUIRE(found->in_force() != nullptr);
  CHECK(found->in_force()->roots.size() == 1);
  CHECK(*found->document == policy_document());
}

TEST_CASE("a document that is none refuses, and so do two of one name") {
  PolicyScene scene;
  json::Value document = policy_document();
  document["allowedRoots"][0]["pathClass"] = "attic";
  scene.write(document);
  CHECK(scene.find().error().reason == "contract-invalid");
  document = policy_document();
  document["extra"] = true;
  scene.write(document);
  CHECK(scene.find().error().reason == "contract-invalid");
  scene.write(policy_document());
  document = policy_document();
  document["name"] = "another";
  scene.write(document, "second.json");
  CHECK(scene.find().error().reason == "id-duplicate");
}

TEST_CASE("roots of a policy narrow what a profile allows") {
  PolicyScene scene;
  CHECK(scene.decide(policy_document(), "~/dev/r").is_allowed);
  json::Value document = policy_document();
  document["allowedRoots"][0]["accessMode"] = "read-only";
  CHECK(scene.decide(document, "~/dev/r").reason == "access-wider");
  CHECK(scene.decide(document, "~/dev/r", {}, AccessMode::read_only).is_allowed);
  document = policy_document();
  document["allowedRoots"][0].erase("recursive");
  CHECK(scene.decide(document, "~/dev/r").reason == "unlisted-mount");
  document["defaultDecision"] = "ask";
  CHECK(scene.decide(document, "~/dev/r").reason == "unlisted-mount");
  document["defaultDecision"] = "permit";
  CHECK(scene.decide(document, "~/dev/r").is_allowed);
  CHECK(scene.decide(document, "~/.ssh").reason != "");
}

TEST_CASE("a root that wants a grant has one, or refuses") {
  PolicyScene scene;
  json::Value document = policy_document();
  document["allowedRoots"][0].erase("requiresGrant");
  CHECK(scene.decide(document, "~/dev/r").reason == "grant-missing");
  CHECK(scene.decide(document, "~/dev/r", {"~/dev"}).is_allowed);
}

TEST_CASE("a pattern denies, or only warns") {
  PolicyScene scene;
  std::filesystem::create_directories(scene.home / "dev/private/r");
  const MountDecision denied = scene.decide(policy_document(), "~/dev/private/r");
  CHECK(denied.reason == "policy-denied");
  CHECK(denied.message.find("not for agents") != std::string::npos);
  json::Value document = policy_document();
  document["deniedPatterns"][0]["severity"] = "warn";
  const MountDecision warned = scene.decide(document, "~/dev/private/r");
  CHECK(warned.is_allowed);
  CHECK(warned.warnings == std::vector<std::string>{"policy-warned"});
}
