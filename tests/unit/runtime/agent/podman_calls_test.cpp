#include "runtime/agent/podman_calls.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

TEST_CASE("a declared connection is named before the words") {
  tests::AgentWorld world;
  CHECK(podman_argv(world.read().declaration, {"info"}) == std::vector<std::string>{"podman", "info"});
  world.document["podman"] = {{"connection", "far"}};
  CHECK(podman_argv(world.read().declaration, {"info"}) ==
        std::vector<std::string>{"podman", "--connection", "far", "info"});
}

TEST_CASE("container and image are found, or not, and never for another runtime") {
  tests::AgentWorld world;
  CHECK_FALSE(find_container(world.host(), world.read().declaration));
  world.container = tests::exited(0, R"([{"Id":"cafe","State":{"Status":"running"}}])");
  CHECK(find_container(world.host(), world.read().declaration)->id == "cafe");
  world.has_podman = false;
  CHECK_FALSE(find_container(world.host(), world.read().declaration));
  CHECK_FALSE(find_image(world.host(), world.read().declaration));
  world.has_podman = true;
  world.document = {{"schemaVersion", "sourceos.local-agent.v1"}, {"name", "sample"},
                    {"runtime", "native"}, {"command", {"/bin/true"}}};
  CHECK_FALSE(find_container(world.host(), world.read().declaration));
  CHECK_FALSE(find_image(world.host(), world.read().declaration));
}

}  // namespace sourceos::runtime
