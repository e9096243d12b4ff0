#include "runtime/machine/podman_client.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/machine/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::MachineScene;

TEST_CASE("podman says its version, its connection and its image") {
  MachineScene scene;
  host::ToolFinder tools(scene.fake.host.environment);
  PodmanClient podman(scene.fake.host, tools, "work");
  CHECK(podman.is_found());
  CHECK(podman.client_version() == "4.3.1");
  scene.answers["--connection work info"] = scene.answers["info"];
  const PodmanConnection connection = podman.connection();
  CHECK(connection.answers);
  CHECK(connection.rootless == true);
  CHECK(connection.oci_runtime == "crun");
  CHECK(scene.was_asked("--connection work info"));
  CHECK(podman.answers().size() == 2);
}

TEST_CASE("why podman does not answer is told by what it does first") {
  using host::ProcessEnd;
  host::ProcessOutcome outcome =
      MachineScene::failed(125, "Error: unable to connect to Podman socket: x");
  CHECK(connection_reason(outcome) == "socket-refused");
  outcome.error_output = "dial tcp 127.0.0.1:1: connect: connection refused";
  CHECK(connection_reason(outcome) == "socket-refused");
  outcome.error_output = "Error: service destination not found";
  CHECK(connection_reason(outcome) == "connection-unknown");
  outcome.error_output = "something else";
  CHECK(connection_reason(outcome) == "podman-error");
  outcome.end = ProcessEnd::timed_out;
  CHECK(connection_reason(outcome) == "probe-timeout");
  outcome.end = ProcessEnd::missing;
  CHECK(connection_reason(outcome) == "podman-missing");
}

TEST_CASE("an answer that is no JSON is no connection") {
  MachineScene scene;
  host::ToolFinder tools(scene.fake.host.environment);
  scene.answers["info"] = tests::exited(0, "all is well");
  PodmanClient podman(scene.fake.host, tools, "");
  CHECK_FALSE(podman.connection().answers);
}

TEST_CASE("the state of a machine comes from inspect, else from the list") {
  MachineScene scene;
  host::ToolFinder tools(scene.fake.host.environment);
  PodmanClient podman(scene.fake.host, tools, "");
  scene.answers["machine list"] = tests::exited(
      0, R"([{"Name":"m*","Running":false,"VMType":"applehv"},{"Name":"n","Running":true}])");
  scene.answers["machine inspect"] = MachineScene::failed(125, "no");
  CHECK(podman.machine("m").state == "stopped");
  CHECK(podman.machine("n").state == "running");
  CHECK(podman.machine("other").state == "absent");
  scene.answers["machine inspect m"] =
      tests::exited(0, R"([{"Name":"m","State":"running","Mounts":[{"Source":"/Users/a/dev"}]}])");
  const MachineFacts facts = podman.machine("m");
  CHECK(facts.state == "running");
  CHECK(facts.shared_paths == std::vector<std::string>{"/Users/a/dev"});
  CHECK(facts.running_count == 1);
}

TEST_CASE("an absent image and a question that failed are told apart") {
  MachineScene scene;
  host::ToolFinder tools(scene.fake.host.environment);
  PodmanClient podman(scene.fake.host, tools, "");
  CHECK(podman.image("x").is_present);
  CHECK(podman.image("x").digests.front() == "sha256:" + std::string(64, 'a'));
  scene.answers["image exists"] = tests::exited(1);
  CHECK_FALSE(podman.image("x").is_present);
  CHECK(podman.image("x").reason.empty());
  scene.answers["image exists"] = MachineScene::failed(125, "connection refused");
  CHECK(podman.image("x").reason == "socket-refused");
}

TEST_CASE("on macOS podman is also looked for where installers put it") {
  MachineScene scene;
  scene.fake.host.environment.adapter = "macos";
  scene.fake.host.environment.search_path.clear();
  scene.fake.host.environment.root = scene.home / "root";
  (void)scene.fake.home.write("root/opt/homebrew/bin/podman", "x");
  host::ToolFinder tools(scene.fake.host.environment);
  PodmanClient podman(scene.fake.host, tools, "");
  CHECK(podman.is_outside_path());
  CHECK(podman.command({"info"}).front() == (scene.home / "root/opt/homebrew/bin/podman").string());
}

TEST_CASE("inspect answers are read as one object") {
  CHECK(inspected("[{\"a\":1}]")["a"] == 1);
  CHECK(inspected("{\"a\":1}")["a"] == 1);
  CHECK(inspected("[]").empty());
  CHECK(inspected("no").empty());
  CHECK(as_probe_entry({"info", {"podman", "info"}, tests::exited(0, "x")})["probe"] == "info");
}
