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

TEST_CASE("stopping a container that is not there, or without Podman, is no failure") {
  tests::AgentWorld world;
  CHECK(stop_container(world.host(), world.read().declaration).ok);
  world.has_podman = false;
  CHECK(stop_container(world.host(), world.read().declaration).detail == "podman is missing");
  world.fake.processes.answer = [](const host::ProcessRequest&) { return tests::exited(125); };
  CHECK(stop_container(world.host(), world.read().declaration).reason == "container-stop-failed");
  world.document = {{"schemaVersion", "sourceos.local-agent.v1"}, {"name", "sample"},
                    {"runtime", "native"}, {"command", {"/bin/true"}}};
  CHECK(stop_container(world.host(), world.read().declaration).commands.empty());
}

TEST_CASE("a container that is paused is resumed before it is stopped") {
  tests::AgentWorld world;
  world.container = tests::exited(0, R"([{"Id":"cafe","State":{"Status":"paused"}}])");
  const OrderResult stopped = stop_container(world.host(), world.read().declaration);
  REQUIRE(stopped.commands.size() == 2);
  CHECK(stopped.commands.front().argv == std::vector<std::string>{"podman", "unpause", "sample"});
}

TEST_CASE("a container of ours whose monitor was killed is removed, another's is not") {
  tests::AgentWorld world;
  const Declaration declaration = world.read().declaration;
  const std::string tag = make_owner_tag(world.places(), declaration.name, world.host()).value();
  const auto stuck = [](const std::string& label) {
    return tests::exited(0, R"([{"Id":"cafe","State":{"Status":"stopping"},"HostConfig":{"AutoRemove":true},)"
                            R"("Config":{"Labels":{"ai.srcos.owner":")" + label + R"("}}}])");
  };
  world.container = stuck(tag);
  const OrderResult stopped = stop_container(world.host(), declaration);
  REQUIRE(stopped.commands.size() == 2);
  CHECK(stopped.commands.back().argv == std::vector<std::string>{"podman", "rm", "--force", "sample"});
  world.container = stuck("of another");
  CHECK(stop_container(world.host(), declaration).commands.size() == 1);
}

}  // namespace sourceos::runtime
