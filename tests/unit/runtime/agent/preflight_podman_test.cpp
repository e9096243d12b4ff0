#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "runtime/agent/preflight.hpp"
#include "runtime/agent/state.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

using tests::AgentWorld;
using tests::check_of;
using tests::exited;
using tests::numbers;

class Mac : public AgentWorld {
 public:
  Mac() : AgentWorld("macos") { make_ready(); }
};

host::ProcessOutcome refused() {
  host::ProcessOutcome outcome = exited(125);
  outcome.error_output = "Error: dial unix /x.sock: connect: connection refused\n";
  return outcome;
}

std::string container_json(const char* state, const std::string& label = {}) {
  return json::Value::array({{{"Id", "cafe"},
                              {"State", {{"Status", state}}},
                              {"Config", {{"Labels", {{"ai.srcos.owner", label}}}}}}})
      .dump();
}

}  // namespace

TEST_CASE("R1: a missing machine is one failure") {
  Mac mac;
  mac.machines = "[]";
  const Preflight preflight = mac.preflight();
  CHECK(numbers(preflight, CheckStatus::fail) == std::vector<int>{6});
  CHECK(preflight.reason() == "machine-absent");
}

TEST_CASE("R2: a stopped machine is one failure and three skips") {
  Mac mac;
  mac.machines = R"([{"Name":"podman-machine-default","Running":false}])";
  const Preflight preflight = mac.preflight();
  CHECK(numbers(preflight, CheckStatus::fail) == std::vector<int>{7});
  CHECK(numbers(preflight, CheckStatus::skip) == std::vector<int>{8, 9, 13});
  CHECK(check_of(preflight, 8).blocked_by == 7);
  CHECK(check_of(preflight, 7).reason == "machine-stopped");
  CHECK(check_of(preflight, 7).remediation == "podman machine start podman-machine-default");
}

TEST_CASE("R3: a refused socket is one failure") {
  Mac mac;
  mac.info = refused();
  const Preflight preflight = mac.preflight();
  CHECK(numbers(preflight, CheckStatus::fail) == std::vector<int>{8});
  CHECK(preflight.reason() == "socket-refused");
}

TEST_CASE("an unknown connection and a hang have their own reasons") {
  Mac mac;
  mac.info = exited(125);
  mac.info.error_output = "Error: connection \"x\" not found";
  CHECK(mac.preflight().reason() == "connection-unknown");
  mac.info = {};
  mac.info.end = host::ProcessEnd::timed_out;
  CHECK(mac.preflight().reason() == "probe-timeout");
  CHECK(check_of(mac.preflight(), 8).remediation.find("podman machine start") != std::string::npos);
}

TEST_CASE("R4: a missing image is one failure whose fix names the local tag") {
  Mac mac;
  mac.image_exists = 1;
  const Preflight preflight = mac.preflight();
  CHECK(numbers(preflight, CheckStatus::fail) == std::vector<int>{9});
  CHECK(check_of(preflight, 9).reason == "image-missing");
  CHECK(check_of(preflight, 9).remediation.find(tests::k_image) != std::string::npos);
}

TEST_CASE("R5: a present image passes") {
  Mac mac;
  CHECK(check_of(mac.preflight(), 9).status == CheckStatus::pass);
}

TEST_CASE("R6: a remote image is refused, and Google's by its rule too") {
  Mac mac;
  mac.document["image"] = "us-central1-docker.pkg.dev/p/sample:1";
  const Preflight preflight = mac.preflight();
  CHECK(numbers(preflight, CheckStatus::fail) == std::vector<int>{10});
  CHECK(check_of(preflight, 10).reason == "image-remote");
  CHECK(tests::has_rule(preflight.policy_findings, "direct-google-artifact-runtime"));
  mac.document["image"] = "registry.example/sample:1";
  CHECK(tests::has_rule(mac.preflight().policy_findings, "direct-registry-runtime"));
}

TEST_CASE("an old Podman and one that prints garbage are refused") {
  Mac mac;
  mac.version = "podman version 3.4.4\n";
  CHECK(mac.preflight().reason() == "podman-version");
  mac.version = "\x01\x02 nonsense";
  CHECK(mac.preflight().reason() == "podman-version");
  Mac garbled;
  garbled.machines = "not json";
  CHECK(garbled.preflight().reason() == "machine-absent");
  Mac odd;
  odd.info = exited(0, "hello");
  CHECK(check_of(odd.preflight(), 8).status == CheckStatus::warn);
}

TEST_CASE("R12: a container that is going away is busy") {
  Mac mac;
  for (const char* state : {"stopping", "removing", "Stopping"}) {
    mac.container = exited(0, container_json(state));
    CHECK(mac.preflight().reason() == "container-busy");
  }
  for (const char* state : {"created", "exited", "stopped"}) {
    mac.container = exited(0, container_json(state));
    CHECK(check_of(mac.preflight(), 13).status == CheckStatus::pass);
  }
}

TEST_CASE("an answer about the container that cannot be read is no free name") {
  Mac mac;
  for (const char* answer : {"", "[]", "no json", "[1]"}) {
    mac.container = exited(0, answer);
    CHECK(check_of(mac.preflight(), 13).status == CheckStatus::warn);
  }
}

TEST_CASE("a running container is ours by its keyed label or its id, not by what an image says") {
  Mac mac;
  mac.container = exited(0, container_json("running", "sample"));
  CHECK(mac.preflight().reason() == "container-foreign");
  const std::string tag = make_owner_tag(mac.places(), "sample", mac.host()).value();
  mac.container = exited(0, container_json("running", tag));
  CHECK(mac.preflight().passed());
  Mac by_id;
  by_id.container = exited(0, container_json("running"));
  AgentState state;
  state.container_id = "cafe";
  REQUIRE(write_state(by_id.places(), state, by_id.fake.clock.now()));
  CHECK(by_id.preflight().passed());
}

TEST_CASE("what to do about a busy container depends on why it is busy and whose it is") {
  Mac mac;
  const std::string tag = make_owner_tag(mac.places(), "sample", mac.host()).value();
  const auto fix = [&](const char* status, const std::string& owner) {
    mac.container = exited(0, container_json(status, owner));
    return check_of(mac.preflight(), 13).remediation;
  };
  CHECK(fix("stopping", tag).ends_with("rm --force sample"));
  CHECK(fix("stopping", "").ends_with("wait sample"));
  CHECK(fix("paused", tag).ends_with("unpause sample"));
}

TEST_CASE("a native agent needs its program and nothing of Podman") {
  tests::AgentWorld world;
  world.document["runtime"] = "native";
  world.document["command"] = {"/bin/sh", "-c", "true"};
  world.document.erase("image");
  world.has_podman = false;
  std::filesystem::create_directories(world.home() / ".local/state/sourceos/logs");
  CHECK(world.preflight().passed());
  world.document["command"] = {"/none/at/all"};
  CHECK(world.preflight().reason() == "runtime-unavailable");
}

}  // namespace sourceos::runtime
