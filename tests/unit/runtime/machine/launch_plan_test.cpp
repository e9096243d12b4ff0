#include <doctest/doctest.h>

#include "tests/unit/runtime/machine/launch_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

TEST_CASE("a decision names each step and the first that refused") {
  tests::LaunchScene scene;
  scene.repo = "~";
  const json::Value document = scene.plan().decision_document();
  CHECK(document["decision"] == "deny");
  CHECK(document["steps"].back() ==
        json::Value({{"step", "mounts"}, {"decision", "deny"}, {"reason", "home-wholesale"}}));
  CHECK(document["policyHash"].get<std::string>().starts_with("sha256:"));
}

TEST_CASE("rows of mounts have their options and no home") {
  tests::LaunchScene scene;
  const json::Value rows = scene.plan().mount_rows({scene.home.string()});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["hostPathRef"] == "$HOME/dev/r");
  CHECK(rows[0]["podmanOptions"] == json::Value({"nodev", "nosuid"}));
  CHECK(rows[0]["storageBackend"] == "native-bind");
}
