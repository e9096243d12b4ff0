#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "runtime/agent/preflight.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

using tests::AgentWorld;
using tests::check_of;

constexpr const char* k_authfile = ".config/containers/sourceos-empty-auth.json";
constexpr const char* k_google_config = R"({"credHelpers":{"us-central1-docker.pkg.dev":"gcloud"}})";

}  // namespace

TEST_CASE("an authfile that is missing, wide open, full or broken has its reason") {
  AgentWorld world;
  world.make_ready();
  const auto file = world.home() / k_authfile;
  std::filesystem::permissions(file, std::filesystem::perms(0666));
  CHECK(world.preflight().reason() == "authfile-invalid");
  world.fake.home.write(k_authfile, R"({"auths":{"r.example":{}}})");
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  CHECK(world.preflight().reason() == "authfile-not-empty");
  world.fake.home.write(k_authfile, "nonsense");
  CHECK(world.preflight().reason() == "authfile-invalid");
  std::filesystem::remove(file);
  CHECK(world.preflight().reason() == "authfile-missing");
  CHECK(world.preflight({.assume_made = true}).passed());
}

TEST_CASE("R7, R8: helpers of the host's config pass with the empty authfile, by name") {
  AgentWorld world;
  world.make_ready();
  world.fake.home.write(".docker/config.json", k_google_config);
  const Preflight preflight = world.preflight();
  CHECK(preflight.passed());
  CHECK(check_of(preflight, 12).status == CheckStatus::pass);
  CHECK(check_of(preflight, 12).detail.find("gcloud") != std::string::npos);
}

TEST_CASE("R7: without the authfile a helper warns, and fails when the image's registry needs it") {
  AgentWorld world;
  world.make_ready();
  world.fake.home.write(".docker/config.json", k_google_config);
  world.document["auth"] = {{"mode", "none"}};
  CHECK(check_of(world.preflight(), 12).status == CheckStatus::warn);
  world.document["image"] = "us-central1-docker.pkg.dev/p/x:1";
  world.document["podman"] = {{"pull", "explicit"}};
  const Preflight preflight = world.preflight();
  CHECK(check_of(preflight, 12).reason == "ambient-auth-risk");
  CHECK(tests::has_rule(preflight.policy_findings, "ambient-gcloud-helper"));
}

TEST_CASE("forbidden-ambient fails for any credentials, none does not without them") {
  AgentWorld world;
  world.make_ready();
  world.document["auth"] = {{"mode", "forbidden-ambient"}};
  CHECK(world.preflight().passed());
  world.fake.home.write(".config/containers/auth.json", R"({"auths":{"r.example":{}}})");
  CHECK(world.preflight().reason() == "ambient-auth-risk");
}

TEST_CASE("a host config that is no JSON is no crash") {
  AgentWorld world;
  world.make_ready();
  world.fake.home.write(".docker/config.json", "\x00\x01");
  CHECK(world.preflight().passed());
}

}  // namespace sourceos::runtime
