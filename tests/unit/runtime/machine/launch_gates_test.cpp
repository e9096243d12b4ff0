#include "runtime/machine/launch_gates.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/machine/launch_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::LaunchScene;
using tests::MachineScene;

TEST_CASE("a launch with nothing against it is allowed, step by step") {
  LaunchScene scene;
  const LaunchPlan plan = scene.plan();
  REQUIRE_MESSAGE(plan.is_allowed(), plan.refusal->read_out());
  CHECK(plan.steps.size() == 13);
  CHECK(plan.mounts.size() == 1);
  CHECK(plan.container.image == "localhost/agent-machine:latest@sha256:" + std::string(64, 'a'));
  CHECK_FALSE(scene.changed_something());
}

TEST_CASE("tools are known, enabled and named") {
  LaunchScene scene;
  scene.tool = "vim";
  CHECK(scene.reason() == "tool-unknown");
  CHECK(scene.plan().refusal->kind == ErrorKind::usage);
  scene.tool = "codex";
  CHECK(scene.reason() == "tool-not-enabled");
  CHECK(scene.plan().refusal->message.find("local-shell") != std::string::npos);
}

TEST_CASE("a grant, then governance, then the trust gate") {
  LaunchScene scene;
  scene.enable("codex");
  scene.tool = "codex";
  CHECK(scene.reason() == "grant-missing");
  scene.of("codex").requires_grant = false;
  CHECK(scene.reason() == "governance-required");
  scene.governance = "urn:srcos:run:1";
  CHECK(scene.reason().empty());
  scene.trust_gate = scene.fake.home.write("gate.json", R"({"gate_decision":"deny"})");
  CHECK_FALSE(scene.reason().empty());
  CHECK_FALSE(scene.changed_something());
}

TEST_CASE("a required secret refuses, another is recorded only") {
  LaunchScene scene;
  scene.loaded.profile.secret_refs = {{"a", "urn:srcos:token-door:a", false}};
  CHECK(scene.plan().grants.size() == 1);
  scene.loaded.profile.secret_refs[0].is_required = true;
  CHECK(scene.reason() == "token-door-unavailable");
}

TEST_CASE("mounts are judged by the policy, and what is denied is recorded") {
  LaunchScene scene;
  for (const auto& [path, reason] :
       std::vector<std::pair<std::string, std::string>>{{"~", "home-wholesale"},
                                                        {"~/.ssh", "sensitive-path"},
                                                        {"~/dev", "unlisted-mount"},
                                                        {"~x", "path-syntax"},
                                                        {"~/dev/absent", "path-missing"}}) {
    scene.repo = path;
    const LaunchPlan plan = scene.plan();
    CAPTURE(path);
    REQUIRE(plan.refusal.has_value());
    CHECK(plan.refusal->reason == reason);
    CHECK(plan.denied.size() == 1);
    CHECK(plan.denied[0].reason == reason);
  }
  scene.repo = "~/dev/r";
  std::filesystem::create_directories(scene.home / ".ssh");
  std::filesystem::create_symlink(scene.home / ".ssh", scene.home / "dev/r/keys");
  const LaunchPlan plan = scene.plan();
  CHECK(plan.refusal->reason == "symlink-escape-denied");
  CHECK(plan.denied[0].path == (scene.home / "dev/r/keys").string());
  CHECK_FALSE(scene.changed_something());
}

TEST_CASE("a folder below an allowed repository has its place below") {
  LaunchScene scene;
  std::filesystem::create_directories(scene.home / "dev/r/sub");
  scene.repo = "~/dev/r/sub";
  CHECK(scene.plan().mounts[0].request.agent_path == "/workspace/dev/r/sub");
}

TEST_CASE("the image is there and the one that was declared") {
  LaunchScene scene;
  scene.loaded.profile.image.digest = "sha256:" + std::string(64, 'b');
  CHECK(scene.reason() == "image-digest-mismatch");
  scene.loaded.profile.image.digest = std::nullopt;
  scene.answers["image inspect"] = tests::exited(0, R"([{"Id":"abc"}])");
  CHECK(scene.reason() == "image-digest-mismatch");
  scene.loaded.profile.image.reference_policy = "tag-allowed-bootstrap";
  const LaunchPlan plan = scene.plan();
  CHECK(plan.is_allowed());
  CHECK(plan.container.image == "abc");
  CHECK(plan.warnings == std::vector<std::string>{"image-not-pinned"});
  scene.answers["image exists"] = tests::exited(1);
  CHECK(scene.reason() == "image-missing");
  scene.answers["image exists"] = MachineScene::failed(125, "connection refused");
  CHECK(scene.reason() == "socket-refused");
}

TEST_CASE("podman that is missing, hangs, lies or is rootful refuses") {
  LaunchScene scene;
  scene.answers["info"] = tests::exited(0, "no json");
  CHECK(scene.reason() == "podman-error");
  host::ProcessOutcome slow = tests::exited(124);
  slow.end = host::ProcessEnd::timed_out;
  scene.answers["info"] = slow;
  CHECK(scene.reason() == "probe-timeout");
  scene.answers["info"] = tests::exited(0, R"({"host":{"security":{"rootless":false}}})");
  CHECK(scene.reason() == "rootful-refused");
  scene.fake.host.environment.search_path.clear();
  CHECK(scene.reason() == "podman-missing");
}

TEST_CASE("podman that is too old refuses with the reason that the doctor gives") {
  struct Row {
    const char* version;
    const char* network;
    const char* reason;
  };
  host::ProcessOutcome slow = tests::exited(124);
  slow.end = host::ProcessEnd::timed_out;
  for (const Row& row : {Row{"podman version 4.2.0", "none", "podman-too-old"},
                         Row{"podman version 4.3.0", "none", ""},
                         Row{"podman version 4.3.1", "pasta", "podman-too-old"},
                         Row{"podman version 4.4.0", "pasta", ""},
                         Row{"words", "none", "version-unknown"}}) {
    LaunchScene scene;
    scene.loaded.profile.runtime.network = row.network;
    scene.answers["--version"] = tests::exited(0, std::string(row.version) + "\n");
    CAPTURE(row.version);
    CHECK(scene.reason() == row.reason);
    CHECK(scene.reason(LaunchKind::shell) == row.reason);
    CHECK_FALSE(scene.changed_something());
  }
  LaunchScene scene;
  scene.answers["--version"] = slow;
  CHECK(scene.reason() == "probe-timeout");
}

TEST_CASE("root is refused unless a seam lets it") {
  LaunchScene scene;
  scene.fake.host.environment.uid = 0;
  CHECK(scene.reason() == "rootful-refused");
  scene.fake.host.environment.variables.emplace_back("SOURCEOS_ALLOW_ROOTFUL", "1");
  const LaunchPlan plan = scene.plan();
  CHECK(plan.is_allowed());
  CHECK(plan.container.userns.empty());
  CHECK(plan.non_claims.size() == 1);
}

TEST_CASE("a container of that name that runs refuses") {
  LaunchScene scene;
  for (const char* state : {"running", "stopping", "removing"}) {
    scene.answers["container inspect"] =
        tests::exited(0, std::string(R"([{"State":{"Status":")") + state + "\"}}]");
    CHECK(scene.reason() == "container-busy");
  }
  scene.answers["container inspect"] = tests::exited(0, R"([{"State":{"Status":"exited"}}])");
  CHECK(scene.reason().empty());
}

TEST_CASE("a shell needs a terminal and is the operator's") {
  LaunchScene scene;
  const LaunchPlan plan = scene.plan(LaunchKind::shell);
  REQUIRE(plan.is_allowed());
  CHECK(plan.session_class == "operator-terminal");
  CHECK(plan.container.is_interactive);
  CHECK(scene.plan().session_class == "agent-execution");
  scene.has_terminal = false;
  CHECK(scene.reason(LaunchKind::shell) == "no-tty");
}

TEST_CASE("a profile of another host refuses") {
  LaunchScene scene;
  scene.loaded = scene.profile("macos-podman");
  CHECK(scene.reason() == "profile-host-mismatch");
}

TEST_CASE("a path that a machine does not see refuses with the fix") {
  LaunchScene scene;
  scene.fake.host.environment.adapter = "macos";
  scene.loaded = scene.profile("macos-podman");
  scene.enable("local-shell");
  scene.answers["machine list"] = tests::exited(0, "[]");
  scene.answers["machine inspect"] =
      tests::exited(0, R"([{"State":"running","Mounts":[{"Source":"/srv"}]}])");
  const LaunchPlan plan = scene.plan();
  REQUIRE(plan.refusal.has_value());
  CHECK(plan.refusal->reason == "not-shared-into-vm");
  CHECK(plan.refusal->next.find("--volume") != std::string::npos);
}

TEST_CASE("what the operator should know of the host is a warning, no refusal") {
  LaunchScene scene;
  const auto warns = [&](const char* word) {
    const LaunchPlan plan = scene.plan();
    REQUIRE_MESSAGE(plan.is_allowed(), plan.refusal->read_out());
    return std::count(plan.warnings.begin(), plan.warnings.end(), word) == 1;
  };
  CHECK_FALSE(warns("subids-missing"));
  (void)scene.fake.home.write("system/etc/subgid", "other:100000:65536\n");
  CHECK(warns("subids-missing"));
  CHECK_FALSE(warns("container-host-ignored"));
  scene.fake.host.environment.variables = {{"CONTAINER_HOST", "unix:///run/x.sock"}};
  CHECK(warns("container-host-ignored"));
  scene.loaded.profile.environment_allow = {"CONTAINER_HOST"};
  CHECK_FALSE(warns("container-host-ignored"));
}

TEST_CASE("a declared CONTAINER_HOST is for Podman's client and not for the container") {
  LaunchScene scene;
  scene.fake.host.environment.variables = {{"CONTAINER_HOST", "tcp://192.0.2.1:8080"}};
  scene.loaded.profile.environment_allow = {"CONTAINER_HOST"};
  std::size_t with = 0;
  scene.fake.processes.answer = [&](const host::ProcessRequest& request) {
    for (const auto& [name, value] : request.environment) {
      with += name == "CONTAINER_HOST" && value == "tcp://192.0.2.1:8080" ? 1U : 0U;
    }
    return scene.answer(request);
  };
  const LaunchPlan plan = scene.plan();
  REQUIRE(plan.is_allowed());
  CHECK(with > 0);
  CHECK(plan.podman_environment.size() == 1);
  CHECK_FALSE(plan.is_local);
  for (const auto& [name, value] : plan.container.environment) {
    CHECK(name != "CONTAINER_HOST");
  }
  scene.loaded.profile.runtime.connection = "named";
  CHECK(scene.plan().podman_environment.empty());
}
