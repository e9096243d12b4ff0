#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

TEST_CASE("the resolved form reads again to the same declaration") {
  for (const char* adapter : {"linux", "macos"}) {
    tests::AgentWorld world(adapter);
    world.document["lifecycle"] = {{"restart", "bounded"}};
    world.document["linux"] = {{"restartSec", 9}};
    const ReadDeclaration first = world.read();
    world.document = as_json(first.declaration);
    const ReadDeclaration second = world.read();
    CHECK(first.hash == second.hash);
    CHECK(as_json(first.declaration) == as_json(second.declaration));
  }
}

TEST_CASE("another declaration has another hash") {
  tests::AgentWorld world;
  const std::string before = world.read().hash;
  CHECK(before.starts_with("sha256:"));
  world.document["containerName"] = "other";
  CHECK(world.read().hash != before);
}

}  // namespace sourceos::runtime
