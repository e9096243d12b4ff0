#include "runtime/machine/launch.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/unit/runtime/machine/container_scene.hpp"
#include "tests/unit/runtime/machine/launch_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::LaunchScene;
using tests::MachineScene;

namespace {

// Podman does as it is told, and the container's root is a folder of the test.
struct Stage : LaunchScene {
  LaunchPlan made = plan();
  int attached = 0;
  json::Value container;

  Stage() {
    fake.host.environment.root = home / "root";
    container = tests::made_container(made.container);
    container["State"] = {{"Status", "initialized"},
                          {"Pid", 77},
                          {"StartedAt", "2026-01-31T12:00:00Z"},
                          {"ExitCode", 3},
                          {"Running", false}};
    const auto inside = home / "root/proc/77/root/workspace/dev";
    std::filesystem::create_directories(inside);
    std::filesystem::rename(home / "dev/r", inside / "r");
    std::filesystem::create_directory_symlink(inside / "r", home / "dev/hop");
    // The same directory under both names, as a bind mount has it.
    bind_back();
    mounted("");
    answers["create"] = answers["init"] = answers["rm"] = tests::exited(0, "id\n");
    say();
  }

  // The container's mount table: what was planned, and these lines.
  void mounted(const std::string& more) {
    std::string table;
    for (const PlannedBind& bind : made.container.binds) {
      table += "1 0 8:1 /x " + bind.target + (bind.is_read_only ? " ro" : " rw") + " - ext4 /dev/a rw\n";
    }
    (void)fake.home.write("root/proc/77/mountinfo", table + more);
  }

  void say() {
    answers["container inspect"] = tests::exited(0, json::Value::array({container}).dump());
  }

  // Without mounting: the plan's pin and source are those of the folder inside.
  void bind_back() {
    const auto real = home / "root/proc/77/root/workspace/dev/r";
    made.mounts[0].resolved = real.string();
    made.container.binds[0].source = real.string();
    container = tests::made_container(made.container);
    container["State"] = {{"Status", "initialized"},
                          {"Pid", 77},
                          {"StartedAt", "2026-01-31T12:00:00Z"},
                          {"ExitCode", 3},
                          {"Running", false}};
  }

  LaunchOutcome run() {
    host::ToolFinder tools(fake.host.environment);
    asked.clear();
    return launch(fake.host, tools, "", made, [this](const std::vector<std::string>&) {
      ++attached;
      return Result<host::ProcessOutcome>(tests::exited(3));
    });
  }
};

}  // namespace

TEST_CASE("create, look, init, look, start, remove") {
  Stage stage;
  const LaunchOutcome outcome = stage.run();
  REQUIRE_MESSAGE(!outcome.failure, outcome.failure->read_out());
  CHECK(outcome.is_started);
  CHECK(outcome.exit_code == 3);
  CHECK(stage.attached == 1);
  std::vector<std::string> verbs;
  for (const std::string& words : stage.asked) {
    verbs.push_back(words.substr(0, words.find(' ')));
  }
  const std::vector<std::string> expected = {"create",    "container", "init",
                                             "container", "container", "rm"};
  CHECK(verbs == expected);
  std::vector<std::string> actions;
  for (const collect::ActionFacts& action : outcome.actions) {
    actions.push_back(action.action);
  }
  CHECK(actions == std::vector<std::string>{"create", "init", "start", "exit", "remove"});
}

TEST_CASE("a container that is more than planned is removed and never started") {
  Stage stage;
  stage.container["Mounts"].push_back(
      {{"Type", "bind"}, {"Source", "/home/a/.ssh"}, {"Destination", "/x"}, {"RW", true}});
  stage.say();
  const LaunchOutcome outcome = stage.run();
  REQUIRE(outcome.failure.has_value());
  CHECK(outcome.failure->reason == "launch-mismatch");
  CHECK(stage.attached == 0);
  CHECK(stage.was_asked("rm --force"));
  CHECK_FALSE(stage.was_asked("init"));
  CHECK_FALSE(outcome.is_started);
}

TEST_CASE("a mount that inspect does not show is removed and never started") {
  Stage stage;
  stage.mounted("2 0 0:6 /kvm /dev/kvm rw - devtmpfs devtmpfs rw\n");
  const LaunchOutcome outcome = stage.run();
  REQUIRE(outcome.failure.has_value());
  CHECK(outcome.failure->reason == "launch-mismatch");
  CHECK(outcome.failure->message.find("/dev/kvm") != std::string::npos);
  CHECK(stage.attached == 0);
  CHECK(stage.was_asked("rm --force"));
}

TEST_CASE("another directory inside than was checked is removed and never started") {
  Stage stage;
  const auto inside = stage.home / "root/proc/77/root/workspace/dev/r";
  SUBCASE("before the container is made") {
    std::filesystem::rename(inside, stage.home / "old");
    std::filesystem::create_directory(inside);
  }
  SUBCASE("a link") {
    std::filesystem::rename(inside, stage.home / "old");
    std::filesystem::create_directory_symlink(stage.home / "old", inside);
  }
  SUBCASE("between create and init") {
    auto answer = stage.fake.processes.answer;
    stage.fake.processes.answer = [&stage, inside, answer](const host::ProcessRequest& request) {
      if (request.argv[1] == "init") {
        std::filesystem::rename(inside, stage.home / "old");
        std::filesystem::create_directory(inside);
      }
      return answer(request);
    };
  }
  const LaunchOutcome outcome = stage.run();
  REQUIRE(outcome.failure.has_value());
  CHECK(outcome.failure->reason == "mount-changed");
  CHECK(stage.attached == 0);
}

TEST_CASE("orders that fail end the launch and leave nothing") {
  Stage stage;
  stage.answers["create"] = MachineScene::failed(125, "name in use");
  CHECK(stage.run().failure->reason == "create-failed");
  CHECK_FALSE(stage.was_asked("rm"));
  stage.answers["create"] = tests::exited(0);
  stage.answers["init"] = MachineScene::failed(127, "not found");
  CHECK(stage.run().failure->reason == "init-failed");
  CHECK(stage.was_asked("rm"));
}

TEST_CASE("a container that podman does not remove is named") {
  Stage stage;
  CHECK(stage.run().container_left().empty());
  stage.answers["rm"] = MachineScene::failed(125, "Error: busy");
  const LaunchOutcome outcome = stage.run();
  CHECK_FALSE(outcome.failure);
  CHECK(outcome.container_left() == stage.made.container.name);
}

TEST_CASE("an interrupt ends the launch and removes the container") {
  Stage stage;
  host::ToolFinder tools(stage.fake.host.environment);
  const LaunchOutcome outcome =
      launch(stage.fake.host, tools, "", stage.made, [](const std::vector<std::string>&) {
        return Result<host::ProcessOutcome>(
            fail(ErrorKind::interrupted, "interrupted", "interrupted"));
      });
  REQUIRE(outcome.failure.has_value());
  CHECK(outcome.failure->kind == ErrorKind::interrupted);
  CHECK(stage.was_asked("rm --force"));
}

TEST_CASE("what podman says of a failed order is told, and a name in use has its remedy") {
  Stage stage;
  stage.answers["create"] = MachineScene::failed(
      125, "warning\nError: creating container storage: the container name is already in use\n\n");
  const LaunchOutcome outcome = stage.run();
  REQUIRE(outcome.failure.has_value());
  CHECK(outcome.failure->reason == "create-failed");
  CHECK(outcome.failure->message.ends_with("already in use"));
  CHECK(outcome.failure->next == "podman rm " + stage.made.container.name);
}

TEST_CASE("a signal while the container is made is an interrupt, and what may be there is removed") {
  Stage stage;
  volatile int signal = 0;
  stage.fake.host.interrupted = &signal;
  stage.fake.processes.answer = [&](const host::ProcessRequest& request) {
    const bool is_create = request.argv.size() > 1 && request.argv[1] == "create";
    signal = is_create ? 15 : signal;
    return is_create ? MachineScene::failed(127, "killed") : stage.answer(request);
  };
  const LaunchOutcome outcome = stage.run();
  REQUIRE(outcome.failure.has_value());
  CHECK(outcome.failure->kind == ErrorKind::interrupted);
  CHECK_FALSE(outcome.is_started);
  CHECK(stage.attached == 0);
  CHECK(stage.was_asked("rm --force"));
}

TEST_CASE("a plan names every order with its whole vector") {
  LaunchScene scene;
  host::ToolFinder tools(scene.fake.host.environment);
  const auto actions = planned_actions(scene.fake.host, tools, "c", scene.plan());
  REQUIRE(actions.size() == 5);
  CHECK(actions[0].status == collect::ActionStatus::planned);
  CHECK((*actions[0].argv)[1] == "--connection");
  CHECK(actions[3].action == "start");
}
