#include "cli/machine_documents.hpp"

#include <doctest/doctest.h>

#include "cli/machine_options.hpp"
#include "cli/machine_session.hpp"
#include "core/json/json.hpp"
#include "core/json/schema.hpp"
#include "runtime/machine/presets.hpp"
#include "tests/unit/cli/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::cli;
using tests::CommandScene;

namespace {

// A fingerprint of the scene, as one session makes it.
json::Value fingerprint_in(CommandScene& scene) {
  auto session =
      MachineSession::begin(scene.context, bundle::Mode::read_only, "agent-machine", "x").value();
  runtime::LoadedProfile loaded;
  loaded.profile = runtime::preset_profile("linux-native").value();
  loaded.hash = runtime::profile_hash(loaded.profile).value();
  const runtime::DenySet deny = machine_deny_set(scene.context);
  auto made = add_fingerprint(session, {.host = scene.fake.host,
                                        .tools = scene.tools,
                                        .profile = &loaded,
                                        .effective = loaded,
                                        .deny = deny,
                                        .repo_ref = std::nullopt,
                                        .git = std::nullopt,
                                        .mounts = {},
                                        .policy_hash = "sha256:" + std::string(64, '1'),
                                        .host_tag = machine_tag(session, scene.context),
                                        .toolkit_version = "0.0.1",
                                        .door_refs = {"urn:srcos:terminal-door:a"}});
  REQUIRE_MESSAGE(made.has_value(), made.error().read_out());
  REQUIRE(add_profile(session, loaded.profile).has_value());
  const auto report = session.finish({{"schema", "s"}}, {});
  REQUIRE_MESSAGE(report.has_value(), report.error().read_out());
  return *made;
}

}  // namespace

TEST_CASE("a fingerprint's hash and id are of what is shown") {
  CommandScene scene;
  const json::Value made = fingerprint_in(scene);
  const std::string hash = runtime::fingerprint_hash(made).value();
  CHECK(made["fingerprintHash"] == hash);
  CHECK(made["id"] == "urn:srcos:agent-machine-fingerprint:" + hash.substr(7, 32));
  CHECK(made["doorRefs"] == json::Value::array({"urn:srcos:terminal-door:a"}));
  const auto schema = json::Schema::embedded("AgentMachineFingerprint");
  REQUIRE(schema.has_value());
  const auto problems = schema->problems(made);
  REQUIRE(problems.has_value());
  CHECK_MESSAGE(problems->empty(), problems->front().instance_path, problems->front().message);
}

TEST_CASE("an unchanged host has the same fingerprint in every session") {
  CommandScene scene;
  const json::Value first = fingerprint_in(scene);
  CHECK(first["fingerprintHash"] == fingerprint_in(scene)["fingerprintHash"]);
}
