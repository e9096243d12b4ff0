#include "runtime/agent/declaration_shapes.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"

namespace sourceos::runtime {

TEST_CASE("grouped fields move to their plain places, and nothing is said twice") {
  json::Value record = {{"name", "sample"},
                        {"container", {{"runtimeImage", "localhost/x:1"}, {"pullPolicy", "never"}}},
                        {"linux", {{"restart", "no"}, {"restartSec", 4}}}};
  json::Value extra = json::Value::object();
  REQUIRE(unify_shapes(record, extra, Platform::linux_systemd, "x.json"));
  CHECK(record.at("image") == "localhost/x:1");
  CHECK(record.at("podman").at("pull") == "never");
  CHECK(record.at("lifecycle").at("restart") == "manual");
  CHECK(extra.at("restartSec") == 4);
  CHECK_FALSE(record.contains("container"));

  json::Value both = {{"container", {{"runtimeImage", "a"}}}, {"image", "b"}};
  CHECK(unify_shapes(both, extra, Platform::macos, "x.json").error().reason == "invalid-declaration");
}

}  // namespace sourceos::runtime
