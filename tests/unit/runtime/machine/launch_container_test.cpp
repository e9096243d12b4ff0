#include "runtime/machine/launch_container.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/machine/launch_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::LaunchScene;

TEST_CASE("arguments are appended unchanged and joined into no shell") {
  LaunchScene scene;
  scene.args = {"-c", "echo $HOME; rm x", "", "a b"};
  const std::vector<std::string> expected = {"/bin/sh", "-c", "echo $HOME; rm x", "", "a b"};
  CHECK(scene.plan().container.argv == expected);
}

TEST_CASE("only declared variables come in, and none that is a secret") {
  LaunchScene scene;
  scene.fake.host.environment.variables = {
      {"LANG", "C.UTF-8"},
      {"OTHER", "x"},
      {"EDITOR", "gh" + std::string("p_0123456789abcdefghijABCDEFGHIJ012345")}};
  scene.loaded.profile.environment_allow = {"LANG", "EDITOR", "ABSENT"};
  scene.loaded.profile.environment_set = {{"PAGER", "cat"}};
  const LaunchPlan plan = scene.plan();
  const std::vector<NamedValue> expected = {{"LANG", "C.UTF-8"}, {"PAGER", "cat"}};
  CHECK(plan.container.environment == expected);
  CHECK(plan.warnings.size() == 1);
}

TEST_CASE("labels tell sessions of operators and agents apart") {
  LaunchScene scene;
  const auto label = [](const LaunchPlan& plan, std::string_view name) {
    for (const auto& [key, value] : plan.container.labels) {
      if (key == name) {
        return value;
      }
    }
    return std::string();
  };
  CHECK(label(scene.plan(LaunchKind::shell), "ai.srcos.session.class") == "operator-terminal");
  CHECK(label(scene.plan(), "ai.srcos.session.class") == "agent-execution");
  CHECK(label(scene.plan(), "ai.srcos.session.id") == std::string(32, '5'));
  CHECK(label(scene.plan(), "ai.srcos.tool") == "local-shell");
}

TEST_CASE("git's hooks and configuration are laid over read-only") {
  LaunchScene scene;
  std::filesystem::create_directories(scene.home / "dev/r/.git/hooks");
  (void)scene.fake.home.write("dev/r/.git/config", "[core]\n");
  const LaunchPlan plan = scene.plan();
  REQUIRE(plan.container.binds.size() == 4);
  CHECK(plan.container.binds[1].target == "/workspace/dev/r/.git");
  CHECK_FALSE(plan.container.binds[1].is_read_only);  // only bound, so that it cannot be moved
  CHECK(plan.container.binds[2].target == "/workspace/dev/r/.git/hooks");
  CHECK(plan.container.binds[2].is_read_only);
  scene.loaded.profile.is_git_metadata_writable = true;
  CHECK(scene.plan().container.binds.size() == 1);
}

TEST_CASE("artifacts get a fresh folder for each run") {
  LaunchScene scene;
  std::filesystem::create_directories(scene.home / "artifacts/old");
  ProfileMount mount;
  mount.request.mount_id = "out";
  mount.request.path_class = PathClass::artifacts;
  mount.request.access = AccessMode::write_only_artifacts;
  mount.request.host_path = "~/artifacts";
  mount.request.agent_path = "/workspace/out";
  scene.loaded.profile.mounts = {mount};
  const LaunchPlan plan = scene.plan();
  REQUIRE_MESSAGE(plan.is_allowed(), plan.refusal->read_out());
  CHECK(plan.container.binds[1].source ==
        (scene.home / "artifacts" / std::string(32, '5')).string());
  CHECK(plan.to_make.size() == 1);
}
