#include <doctest/doctest.h>

#include "core/json/parse.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/runtime/machine/profile_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::profile_reason;
using tests::valid_profile;

namespace {

json::Value changed(const char* pointer, const json::Value& value) {
  json::Value document = valid_profile();
  document[json::Value::json_pointer(pointer)] = value;
  return document;
}

}  // namespace

TEST_CASE("the examples of the schemas are profiles") {
  for (const char* name : {"linux-native", "macos-podman", "windows-wsl"}) {
    CAPTURE(name);
    const std::string text =
        tests::read_file(std::string(SOURCEOS_SOURCE_DIR) +
                         "/schemas/examples/agentmachineprofile." + name + ".json");
    SecretDetector secrets;
    const auto profile = parse_profile(json::parse(text).value(), secrets);
    CHECK_MESSAGE(profile.has_value(), profile.error().read_out());
  }
}

TEST_CASE("each field has its type, pattern and constants") {
  const json::Value cases = {
      {{"at", "/id"}, {"value", "urn:other:x"}},
      {{"at", "/type"}, {"value", "Other"}},
      {{"at", "/specVersion"}, {"value", "1.0.0"}},
      {{"at", "/name"}, {"value", "Upper"}},
      {{"at", "/name"}, {"value", ""}},
      {{"at", "/hostAdapter"}, {"value", "solaris"}},
      {{"at", "/hostArch"}, {"value", "mips"}},
      {{"at", "/runtime/engine"}, {"value", "docker"}},
      {{"at", "/runtime/rootless"}, {"value", false}},
      {{"at", "/runtime/network"}, {"value", "host"}},
      {{"at", "/runtime/userns"}, {"value", "host"}},
      {{"at", "/runtime/resources"}, {"value", {{"cpus", 65}}}},
      {{"at", "/runtime/resources"}, {"value", {{"memoryMiB", 100}}}},
      {{"at", "/runtime/minimumPodmanVersion"}, {"value", "4.3"}},
      {{"at", "/image/reference"}, {"value", "user:pw@host/image"}},
      {{"at", "/image/reference"}, {"value", "a b"}},
      {{"at", "/image/digest"}, {"value", "sha256:abc"}},
      {{"at", "/image/pull"}, {"value", "always"}},
      {{"at", "/localDataPlaneRef"}, {"value", "x"}},
      {{"at", "/mountPolicyRef"}, {"value", nullptr}},
      {{"at", "/secureHostInterfaceRef"}, {"value", "urn:srcos:other:x"}},
      {{"at", "/repoAllowlist"}, {"value", json::Value::array()}},
      {{"at", "/repoAllowlist/0/agentPath"}, {"value", "/workspace/../etc"}},
      {{"at", "/repoAllowlist/0/agentPath"}, {"value", "/proc"}},
      {{"at", "/repoAllowlist/0/accessMode"}, {"value", "write"}},
      {{"at", "/repoAllowlist/0/extra"}, {"value", 1}},
      {{"at", "/mounts"}, {"value", {{{"mountId", "x"}}}}},
      {{"at", "/environment/set"}, {"value", {{{"name", "1A"}, {"value", "x"}}}}},
      {{"at", "/secretRefs"},
       {"value", {{{"name", "a"}, {"tokenDoorRef", "plain"}, {"required", false}}}}},
      {{"at", "/tools"}, {"value", json::Value::array()}},
      {{"at", "/tools/0/toolId"}, {"value", "other"}},
      {{"at", "/tools/0/command"}, {"value", json::Value::array()}},
      {{"at", "/security/privileged"}, {"value", true}},
      {{"at", "/security/hostNetwork"}, {"value", true}},
      {{"at", "/security/hostPid"}, {"value", true}},
      {{"at", "/security/noNewPrivileges"}, {"value", false}},
      {{"at", "/security/dropCapabilities"}, {"value", json::Value::array()}},
      {{"at", "/security/addCapabilities"}, {"value", {"SYS_ADMIN"}}},
      {{"at", "/security/seccomp"}, {"value", "unconfined"}},
      {{"at", "/denial/homeWholesale"}, {"value", "allow"}},
      {{"at", "/denial/onViolation"}, {"value", "warn"}},
      {{"at", "/evidence/required"}, {"value", false}},
      {{"at", "/evidence/recordDeniedAttempts"}, {"value", false}},
      {{"at", "/evidence/transcript"}, {"value", "raw"}},
      {{"at", "/agentPlane/backendIntent"}, {"value", "fleet"}},
      {{"at", "/agentPlane/lane"}, {"value", "dev"}},
      {{"at", "/agentPlane/workspaceId"}, {"value", "x"}},
      {{"at", "/unknown"}, {"value", 1}},
  };
  for (const json::Value& each : cases) {
    CAPTURE(each.dump());
    CHECK(profile_reason(changed(each["at"].get<std::string>().c_str(), each["value"])) ==
          "profile-invalid");
  }
}

TEST_CASE("a profile holds no secret, neither by name nor by value") {
  const std::string token = "gh" + std::string("p_") + "0123456789abcdefghijABCDEFGHIJ012345";
  for (const char* name : {"API_TOKEN", "my_secret", "DbPassword", "PASSWD", "APIKEY", "api_key",
                           "PRIVATE_KEY", "Credentials", "AUTH_HEADER"}) {
    CAPTURE(name);
    CHECK(profile_reason(changed("/environment/set", {{{"name", name}, {"value", "x"}}})) ==
          "secret-in-profile");
    CHECK(profile_reason(changed("/environment/allow", {name})) == "secret-in-profile");
  }
  CHECK(profile_reason(changed("/environment/set", {{{"name", "EDITOR"}, {"value", token}}})) ==
        "secret-in-profile");
  CHECK(profile_reason(changed("/environment/set", {{"EDITOR", token}})) == "secret-in-profile");
  CHECK(profile_reason(changed("/tools/0/command", {"openclaw", token})) == "secret-in-profile");
  CHECK(profile_reason(changed("/notes", token)) == "secret-in-profile");
  CHECK(profile_reason(changed("/environment/set", {{"EDITOR", "vi"}})).empty());
}
