#include "runtime/machine/profile_rules.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/machine/profile_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::profile_reason;
using tests::valid_profile;

TEST_CASE("fields that depend on each other fit") {
  json::Value document = valid_profile();
  const auto refused = [&](std::string_view preset, const char* pointer, const json::Value& value) {
    json::Value changed = valid_profile(preset);
    changed[json::Value::json_pointer(pointer)] = value;
    return profile_reason(changed) == "profile-invalid";
  };
  CHECK(refused("macos-podman", "/runtime/provider", "wsl"));
  CHECK(refused("macos-podman", "/runtime/mode", "native"));
  CHECK(refused("windows-podman-wsl", "/runtime/provider", "applehv"));
  CHECK(refused("linux-native", "/runtime/provider", "qemu"));
  CHECK(refused("linux-native", "/runtime/machineName", "m"));
  CHECK(refused("linux-native", "/hostAdapter", "macos"));
  CHECK(refused("linux-podman-machine", "/runtime/machineName", nullptr));
  CHECK(refused("linux-podman-machine", "/runtime/provider", "none"));
  CHECK(refused("linux-native", "/image/referencePolicy", "digest-pinned"));
  CHECK(refused("linux-native", "/image/pull", "explicit"));
  CHECK(refused("linux-native", "/tools/0/requiresGrant", false));
  CHECK(refused("linux-native", "/tools/1/toolId", "openclaw"));
  CHECK(refused("linux-native", "/security/selinuxRelabel", "private"));
  CHECK(refused("linux-native", "/repoAllowlist/0/gitPolicy", "branch-pinned"));
  CHECK(profile_reason(document).empty());
}

TEST_CASE("capabilities that break the container open are never given back") {
  for (const char* name : {"SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "NET_ADMIN", "DAC_READ_SEARCH",
                           "CAP_SYS_ADMIN", "sys_admin", "ALL"}) {
    json::Value document = valid_profile();
    document["security"]["addCapabilities"] = {name};
    CAPTURE(name);
    CHECK(profile_reason(document) == "profile-invalid");
  }
  json::Value document = valid_profile();
  document["security"]["addCapabilities"] = {"CHOWN"};
  CHECK(profile_reason(document).empty());
}

TEST_CASE("two mounts have neither one name nor one place") {
  json::Value document = valid_profile();
  json::Value mount = {{"mountId", "out"},
                       {"pathClass", "documents"},
                       {"hostPath", "~/Documents/x"},
                       {"agentPath", "/workspace/out"},
                       {"accessMode", "read-write"}};
  document["mounts"] = {mount, mount};
  CHECK(profile_reason(document) == "profile-invalid");
  mount["mountId"] = "other";
  document["mounts"][1] = mount;
  CHECK(profile_reason(document) == "profile-invalid");
  document["mounts"][1]["agentPath"] = "/workspace/other";
  CHECK(profile_reason(document).empty());
}

TEST_CASE("names, digests and paths have their forms") {
  CHECK(is_urn("urn:srcos:token-door:a", "token-door"));
  CHECK_FALSE(is_urn("urn:srcos:token-door:", "token-door"));
  CHECK(is_agent_path("/workspace/dev/r"));
  CHECK_FALSE(is_agent_path("/workspace//r"));
  CHECK_FALSE(is_agent_path("/"));
  CHECK(is_image_reference("localhost:5000/a/b@sha256:" + std::string(64, 'a')));
  CHECK_FALSE(is_image_reference("--privileged"));
  CHECK(is_digest("sha256:" + std::string(64, '0')));
}
