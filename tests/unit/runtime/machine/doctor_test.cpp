#include "runtime/machine/doctor.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/runtime/machine/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::MachineScene;

namespace {

DoctorReport doctor(MachineScene& scene, std::string_view preset = "linux-native",
                    std::vector<std::string> repos = {}) {
  host::ToolFinder tools(scene.fake.host.environment);
  const DenySet deny = scene.deny();
  const PolicyContext policy{
      .deny = deny, .directory = scene.home, .cache_root = scene.home / ".cache"};
  const LoadedProfile profile = scene.profile(preset);
  return run_doctor({.host = scene.fake.host,
                     .tools = tools,
                     .profile = profile,
                     .repos = std::move(repos),
                     .policy = policy,
                     .store = scene.home / "store"});
}

MachineCheck check(const DoctorReport& report, std::string_view id) {
  for (const MachineCheck& each : report.checks.rows()) {
    if (each.id == id) {
      return each;
    }
  }
  return {};
}

}  // namespace

TEST_CASE("a host with everything is ready") {
  MachineScene scene;
  scene.fake.host.environment.uid = ::geteuid();
  scene.install("git");
  const DoctorReport report = doctor(scene);
  CHECK(report.checks.is_ready());
  CHECK(check(report, "podman.version").status == "pass");
  CHECK(check(report, "podman.machine").status == "skip");
  CHECK(check(report, "podman.machine").reason == "not-applicable");
  const json::Value document = report.checks.document();
  CHECK(document["ready"] == true);
  CHECK(document["checks"].size() == 12);
  CHECK(document["summary"]["fail"] == 0);
}

TEST_CASE("one cause gives one failure") {
  MachineScene scene;
  scene.fake.host.environment.search_path.clear();
  const DoctorReport report = doctor(scene, "macos-podman");
  CHECK(std::ranges::count_if(report.checks.rows(), [](const MachineCheck& each) {
          return each.status == "fail" && each.id.starts_with("podman");
        }) == 1);
  CHECK(check(report, "podman.cli").reason == "podman-missing");
  CHECK_FALSE(check(report, "podman.cli").remediation.empty());
  for (const char* id : {"podman.version", "podman.machine", "podman.socket", "machine.exposure"}) {
    CHECK(check(report, id).status == "skip");
    CHECK(check(report, id).blocked_by == "podman.cli");
  }
}

TEST_CASE("an old client and another server are told") {
  MachineScene scene;
  scene.answers["--version"] = tests::exited(0, "podman version 3.4.4");
  CHECK(check(doctor(scene), "podman.version").reason == "podman-too-old");
  scene.answers["--version"] = tests::exited(0, "podman version 5.1.0");
  CHECK(check(doctor(scene), "podman.version").reason == "server-differs");
}

TEST_CASE("states of a machine and its socket have their reasons") {
  MachineScene scene;
  scene.answers["machine list"] = tests::exited(0, "[]");
  const auto state = [&](const char* word) {
    scene.answers["machine inspect"] =
        tests::exited(0, std::string(R"([{"State":")") + word + "\"}]");
    return check(doctor(scene, "macos-podman"), "podman.machine").reason;
  };
  CHECK(state("stopped") == "machine-stopped");
  CHECK(state("running").empty());
  scene.answers["info"] = MachineScene::failed(125, "service destination not found");
  CHECK(check(doctor(scene, "macos-podman"), "podman.socket").reason == "connection-unknown");
  scene.answers["machine inspect"] = MachineScene::failed(125, "no");
  const DoctorReport absent = doctor(scene, "macos-podman");
  CHECK(check(absent, "podman.machine").reason == "machine-absent");
  CHECK(check(absent, "podman.socket").blocked_by == "podman.machine");
}

TEST_CASE("a rootful answer is a warning") {
  MachineScene scene;
  scene.answers["info"] = tests::exited(0, R"({"host":{"security":{"rootless":false}}})");
  CHECK(check(doctor(scene), "podman.socket").reason == "rootful");
}

TEST_CASE("a probe that hangs is a failure, not a pass") {
  MachineScene scene;
  host::ProcessOutcome slow = tests::exited(124);
  slow.end = host::ProcessEnd::timed_out;
  scene.answers["info"] = slow;
  CHECK(check(doctor(scene), "podman.socket").reason == "probe-timeout");
  CHECK(check(doctor(scene), "podman.socket").status == "fail");
}

TEST_CASE("each repository is judged") {
  MachineScene scene;
  const DoctorReport report = doctor(scene, "linux-native", {"~/dev/r", "~"});
  REQUIRE(report.decisions.size() == 2);
  CHECK(report.decisions[0].is_allowed);
  CHECK_FALSE(report.decisions[1].is_allowed);
}

TEST_CASE("too few ids for containers are a warning on native Linux") {
  MachineScene scene;
  CHECK(check(doctor(scene), "podman.socket").status == "pass");
  (void)scene.fake.home.write("system/etc/subuid", "other:100000:65536\n");
  CHECK(check(doctor(scene), "podman.socket").status == "warn");
  CHECK(check(doctor(scene), "podman.socket").reason == "subids-missing");
  scene.fake.host.environment.uid = 0;
  CHECK(check(doctor(scene), "podman.socket").reason != "subids-missing");
}
