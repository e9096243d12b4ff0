#include "runtime/agent/ambient_auth.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

TEST_CASE("names of registries and helpers are read, values never") {
  tests::AgentWorld world;
  const std::string value = "c2Vj" "cmV0";
  const auto file = world.fake.home.write(
      ".docker/config.json", R"({"auths":{"r.example":{"auth":")" + value +
                                 R"("}},"credHelpers":{"us-docker.pkg.dev":"gcloud"},"credsStore":"desktop"})");
  const AuthFileFacts facts = read_auth_file(file);
  CHECK(facts.is_json);
  CHECK_FALSE(facts.is_empty_auths);
  CHECK(facts.registries == std::vector<std::string>{"r.example"});
  CHECK(facts.helpers.at(0).helper == "gcloud");
  CHECK(facts.store == "desktop");
  CHECK(as_json(facts).dump().find(value) == std::string::npos);
}

TEST_CASE("only an object with one empty 'auths' is the empty authfile") {
  const tests::TemporaryDirectory home;
  CHECK(read_auth_file(home.write("a", "{ \"auths\": {} }\n")).is_empty_auths);
  for (const char* other : {"{}", "[]", "{\"auths\":{\"a\":{}}}", "{\"auths\":{},\"credsStore\":\"x\"}",
                            "{\"auths\":null}", "", "garbage"}) {
    CAPTURE(other);
    CHECK_FALSE(read_auth_file(home.write("b", other)).is_empty_auths);
  }
  CHECK_FALSE(read_auth_file(home / "none").exists);
}

TEST_CASE("every place that a container tool falls back to is looked at") {
  tests::AgentWorld world;
  auto& variables = world.host().environment.variables;
  variables.emplace_back("DOCKER_CONFIG", (world.home() / "d").string());
  variables.emplace_back("REGISTRY_AUTH_FILE", (world.home() / "r.json").string());
  variables.emplace_back("XDG_RUNTIME_DIR", (world.home() / "run").string());
  for (const char* file : {".docker/config.json", "d/config.json", ".config/containers/auth.json",
                           "run/containers/auth.json", "r.json"}) {
    world.fake.home.write(file, "{}");
  }
  CHECK(read_ambient_auth(world.host()).size() == 5);
}

}  // namespace sourceos::runtime
