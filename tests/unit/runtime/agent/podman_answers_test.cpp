#include "runtime/agent/podman_answers.hpp"

#include <doctest/doctest.h>

namespace sourceos::runtime {

TEST_CASE("a machine's state is read from any form of the list") {
  CHECK(find_machine(R"([{"Name":"m","Running":true}])", "m")->state == "running");
  CHECK(find_machine(R"([{"Name":"m*","Running":false}])", "m")->state == "stopped");
  CHECK(find_machine(R"([{"Name":"m","Running":false,"Starting":true}])", "m")->state == "starting");
  CHECK(find_machine(R"([{"Name":"m","State":"Stopped"}])", "m")->state == "stopped");
  CHECK(find_machine(R"([{"Name":"m"}])", "m")->state.empty());
  CHECK(machine_state_in(R"([{"State":"running"}])") == "running");
  for (const char* odd : {"[]", "{}", "null", "garbage", "[1]", R"([{"Name":"other"}])", ""}) {
    CAPTURE(odd);
    CHECK_FALSE(find_machine(odd, "m").has_value());
  }
}

TEST_CASE("containers and images are read with doubt") {
  const auto container = container_in(
      R"([{"Id":"c","State":{"Status":"Running","Pid":9},"Config":{"Labels":{"ai.srcos.owner":"t"}},"HostConfig":{"AutoRemove":true}}])");
  REQUIRE(container);
  CHECK(container->state == "running");
  CHECK(container->owner_label == "t");
  CHECK(container->removes_itself);
  CHECK(container->pid == 9);
  CHECK(container_in(R"([{"State":"stopping"}])")->state == "stopping");
  CHECK_FALSE(container_in("[]").has_value());
  CHECK_FALSE(container_in("nonsense").has_value());
  CHECK(image_in(R"([{"Id":"i","RepoDigests":["a@sha256:b"]}])")->digests.size() == 1);
}

TEST_CASE("an unknown connection is not a refused one") {
  CHECK(says_unknown_connection("Error: connection \"x\" not found"));
  CHECK(says_unknown_connection("Error: no such connection"));
  CHECK_FALSE(says_unknown_connection("dial unix /x.sock: connect: connection refused"));
}

}  // namespace sourceos::runtime
