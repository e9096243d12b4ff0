#include <doctest/doctest.h>

#include "core/json/schema.hpp"
#include "runtime/machine/presets.hpp"
#include "tests/unit/runtime/machine/profile_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

TEST_CASE("a profile that was read is written as it was") {
  SecretDetector secrets;
  json::Value document = tests::valid_profile("linux-podman-machine");
  document["environment"]["set"] = {{{"name", "EDITOR"}, {"value", "vi"}}};
  document["secretRefs"] = {
      {{"name", "a"}, {"tokenDoorRef", "urn:srcos:token-door:a"}, {"required", true}}};
  document["gitMetadata"] = "writable";
  document["mounts"] = {{{"mountId", "m"},
                         {"pathClass", "media"},
                         {"hostPath", "~/m"},
                         {"agentPath", "/workspace/m"},
                         {"accessMode", "read-only"},
                         {"secretsProhibited", true},
                         {"directExecutionAllowed", false},
                         {"createIfMissing", false},
                         {"retentionPolicy", "ephemeral"},
                         {"secretFilePolicy", "warn"}}};
  const auto profile = parse_profile(document, secrets);
  REQUIRE_MESSAGE(profile.has_value(), profile.error().read_out());
  CHECK(render_profile(*profile) == document);
}

TEST_CASE("the hash of a profile is that of its meaning") {
  SecretDetector secrets;
  json::Value document = tests::valid_profile();
  const std::string hash = profile_hash(parse_profile(document, secrets).value()).value();
  document["environment"]["set"] = json::Value::object();  // the other form of no rows
  CHECK(profile_hash(parse_profile(document, secrets).value()).value() == hash);
  document["name"] = "other";
  CHECK(profile_hash(parse_profile(document, secrets).value()).value() != hash);
}

TEST_CASE("declared mounts are the repositories and the mounts") {
  SecretDetector secrets;
  json::Value document = tests::valid_profile();
  document["gitMetadata"] = "writable";
  const Profile profile = parse_profile(document, secrets).value();
  const auto mounts = profile.declared_mounts();
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].mount_id == "repo-r");
  CHECK(mounts[0].direct_execution);
  CHECK(mounts[0].git_metadata_writable);
}

TEST_CASE("what is written fits the schema: every preset, and a profile with every field") {
  const auto schema = json::Schema::embedded("AgentMachineProfile");
  REQUIRE(schema.has_value());
  const auto problems = [&](const Profile& profile) {
    const auto found = schema->problems(render_profile(profile));
    REQUIRE(found.has_value());
    return found->empty() ? std::string() : found->front().instance_path + ": " + found->front().message;
  };
  for (const std::string_view name : preset_profile_names()) {
    Profile profile = preset_profile(name).value();
    profile.repos = repos_for({"~/dev/r", "/srv/r"});
    CHECK_MESSAGE(problems(profile).empty(), name, ": ", problems(profile));
    profile.name = "other";
    profile.id = "urn:srcos:agent-machine-profile:other";
    for (ProfileTool& tool : profile.tools) {
      tool.is_enabled = true;
    }
    profile.environment_allow = {"LANG"};
    profile.environment_set = {{"PAGER", "cat"}};
    profile.labels = {{"purpose", "demo"}};
    profile.notes = "of a test";
    profile.is_git_metadata_writable = true;
    CHECK_MESSAGE(problems(profile).empty(), name, ": ", problems(profile));
  }
}
