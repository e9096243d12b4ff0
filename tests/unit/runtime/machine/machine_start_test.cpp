#include "runtime/machine/machine_start.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/machine/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::MachineScene;

namespace {

StartPlan plan(MachineScene& scene, std::string_view preset) {
  host::ToolFinder tools(scene.fake.host.environment);
  PodmanClient podman(scene.fake.host, tools, "");
  return plan_start(podman, scene.profile(preset).profile, "podman-machine-default",
                    {"/Users/a/dev"});
}

host::ProcessOutcome machine(const char* state) {
  return tests::exited(
      0, std::string(R"([{"Name":"podman-machine-default","State":")") + state + "\"}]");
}

}  // namespace

TEST_CASE("native mode has nothing to start") {
  MachineScene scene;
  CHECK(plan(scene, "linux-native").note == "not-required");
  scene.answers["info"] = MachineScene::failed(125, "connection refused");
  CHECK(plan(scene, "linux-native").reason == "socket-refused");
  scene.answers["info"] = tests::exited(0, R"({"host":{"security":{"rootless":false}}})");
  CHECK(plan(scene, "linux-native").reason == "rootful-refused");
}

TEST_CASE("a machine is started only when it is there and stopped") {
  MachineScene scene;
  scene.answers["machine list"] = tests::exited(0, "[]");
  scene.answers["machine inspect"] = machine("stopped");
  StartPlan stopped = plan(scene, "macos-podman");
  CHECK(stopped.act == StartPlan::Act::start);
  CHECK(stopped.argv ==
        std::vector<std::string>{"podman", "machine", "start", "podman-machine-default"});
  scene.answers["machine inspect"] = machine("running");
  CHECK(plan(scene, "macos-podman").note == "already-running");
  scene.answers["machine inspect"] = machine("starting");
  CHECK(plan(scene, "macos-podman").act == StartPlan::Act::wait);
  CHECK_FALSE(scene.was_asked("machine start"));
}

TEST_CASE("a running machine whose socket refuses is left alone") {
  MachineScene scene;
  scene.answers["machine list"] = tests::exited(0, "[]");
  scene.answers["machine inspect"] = machine("running");
  scene.answers["info"] = MachineScene::failed(125, "unable to connect to Podman socket");
  const StartPlan refused = plan(scene, "macos-podman");
  CHECK(refused.reason == "socket-refused");
  CHECK(refused.recommended.find("podman machine stop") != std::string::npos);
}

TEST_CASE("an absent machine gives the command that makes it, with its roots alone") {
  MachineScene scene;
  scene.answers["machine list"] = tests::exited(0, "[]");
  scene.answers["machine inspect"] = MachineScene::failed(125, "does not exist");
  const StartPlan absent = plan(scene, "macos-podman");
  CHECK(absent.reason == "machine-absent");
  CHECK(absent.recommended ==
        "podman machine init --cpus 2 --memory 4096 --disk-size 40 --volume "
        "/Users/a/dev:/Users/a/dev "
        "podman-machine-default");
  CHECK(plan(scene, "windows-podman-wsl").non_claims.size() == 1);
}

TEST_CASE("a podman that is too old starts nothing, whatever the mode") {
  MachineScene scene;
  scene.answers["machine list"] = tests::exited(0, "[]");
  scene.answers["machine inspect"] = machine("stopped");
  scene.answers["--version"] = tests::exited(0, "podman version 3.4.4\n");
  for (const char* preset : {"linux-native", "macos-podman"}) {
    CHECK(plan(scene, preset).reason == "podman-too-old");
  }
  scene.answers["--version"] = tests::exited(0, "no words\n");
  CHECK(plan(scene, "macos-podman").reason == "version-unknown");
  CHECK_FALSE(scene.was_asked("machine"));
}

TEST_CASE("without podman nothing is asked") {
  MachineScene scene;
  scene.fake.host.environment.search_path.clear();
  CHECK(plan(scene, "macos-podman").reason == "podman-missing");
  CHECK(scene.asked.empty());
}

TEST_CASE("waiting ends when the machine answers, at its limit or by an interrupt") {
  MachineScene scene;
  host::ToolFinder tools(scene.fake.host.environment);
  PodmanClient podman(scene.fake.host, tools, "");
  scene.answers["machine list"] = tests::exited(0, "[]");
  scene.answers["machine inspect"] = machine("running");
  CHECK(wait_for_machine(podman, "m", {.limit_ms = 0, .step_ms = 1, .is_interrupted = {}})
            .has_value());
  scene.answers["machine inspect"] = machine("starting");
  CHECK(wait_for_machine(podman, "m", {.limit_ms = 0, .step_ms = 1, .is_interrupted = {}})
            .error()
            .reason == "start-failed");
  const StartWait interrupted{
      .limit_ms = 60'000, .step_ms = 1, .is_interrupted = [] { return true; }};
  CHECK(wait_for_machine(podman, "m", interrupted).error().kind == ErrorKind::interrupted);
}
