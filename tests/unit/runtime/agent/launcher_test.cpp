#include "runtime/agent/launcher.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "core/json/json.hpp"
#include "host/posix_process_runner.hpp"
#include "host/tool_finder.hpp"
#include "runtime/agent/wrapper_lint.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

namespace fs = std::filesystem;

// Runs a launcher with a `podman` of the test's own, for real.
class LauncherBench {
 public:
  LauncherBench() {
    world.document["lifecycle"] = {{"restart", "bounded"}, {"maxRestartsPerHour", 2}};
    world.make_ready();
    podman("echo \"$*\" >>\"$0.calls\"\ncase \"$*\" in *run*) exit 0;; esac\nexit 0\n");
  }

  void tool(const std::string& name, const std::string& body) {
    const fs::path file = world.fake.home.write("bin/" + name, "#!/bin/sh\n" + body);
    fs::permissions(file, fs::perms(0755));
  }
  void podman(const std::string& body) { tool("podman", body); }
  // The container runs until it is ended, in the state that its file says.
  void supervise(const std::string& container_state) {
    world.document["lifecycle"] = {{"restart", "supervised"}, {"shutdownTimeoutSeconds", 1}};
    tool("sleep", "exec /bin/sleep 0.1\n");
    tool("systemd-notify", "echo \"$*\" >>\"$0.calls\"\n");
    podman("case \"$*\" in *inspect*) echo " + container_state + " && exit;;\n" +
           "*run*) trap 'exit 143' TERM; while [ ! -s \"${0%/*}/systemd-notify.calls\" ]; do /bin/sleep 0.1; done;; esac\n");
  }

  host::ProcessOutcome run(Platform platform = Platform::linux_systemd) {
    const auto text = make_launcher(world.read().declaration,
                                    {.platform = platform,
                                     .state = world.places().state,
                                     .podman_directory = world.home() / "bin",
                                     .owner_tag = "tag"});
    REQUIRE(text);
    const fs::path file = world.fake.home.write("launch", *text);
    fs::permissions(file, fs::perms(0755));
    host::Environment environment = world.host().environment;
    environment.search_path = {"/usr/bin", "/bin"};
    host::ToolFinder tools(environment);
    host::PosixProcessRunner runner({{"PATH", "/usr/bin:/bin"}}, tools);
    host::ProcessRequest request;
    request.argv = {"/bin/sh", file.string()};
    request.timeout_ms = 60'000;
    return runner.run(request).value();
  }

  std::string log() { return tests::read_file(world.read().declaration.app_log); }
  std::string calls() { return tests::read_file(world.home() / "bin/podman.calls"); }

  tests::AgentWorld world;
};

}  // namespace

TEST_CASE("the run command has the authfile, never pulls and never names the source image") {
  tests::AgentWorld world;
  world.document["sourceImage"] = "registry.example/sample:1";
  world.document["podman"] = {{"connection", "other"}};
  const Declaration d = world.read().declaration;
  CHECK(run_command(d) == std::vector<std::string>{"podman", "--connection", "other", "run",
                                                   "--pull=never", "--authfile", d.authfile.string(),
                                                   "--rm", "--replace", "--name", "sample",
                                                   tests::k_image});
  const auto text = make_launcher(d, {.platform = Platform::macos, .state = "/state",
                                      .podman_directory = {}, .owner_tag = {}});
  REQUIRE(text);
  CHECK(text->find("registry.example") == std::string::npos);
  CHECK(text->find("run --pull=never --authfile '") != std::string::npos);
}

TEST_CASE("the launcher passes its own lint on both platforms") {
  for (const Platform platform : {Platform::linux_systemd, Platform::macos}) {
    tests::AgentWorld world(platform == Platform::macos ? "macos" : "linux");
    const auto text = make_launcher(world.read().declaration, {.platform = platform, .state = "/s",
                                                               .podman_directory = "/opt/p",
                                                               .owner_tag = "t"});
    REQUIRE(text);
    for (const LintFinding& finding : lint_wrapper(*text, {.platform = platform, .exists = {}})) {
      FAIL_CHECK(finding.rule << " in line " << finding.line);
    }
  }
}

TEST_CASE("a supervised launcher passes the lint too, with a health command of any words") {
  for (const Platform platform : {Platform::linux_systemd, Platform::macos}) {
    tests::AgentWorld world(platform == Platform::macos ? "macos" : "linux");
    world.document["lifecycle"] = {{"restart", "supervised"}};
    world.document["health"] = {{"type", "command"}, {"command", {"/bin/check", "it's", "$HOME `x`"}}};
    const auto text = make_launcher(world.read().declaration, {.platform = platform, .state = "/s",
                                                               .podman_directory = {}, .owner_tag = {}});
    REQUIRE(text);
    CHECK(text->find("  '/bin/check' 'it'\\''s' '$HOME `x`'\n") != std::string::npos);
    CHECK(lint_wrapper(*text, {.platform = platform, .exists = {}}).empty());
  }
}

TEST_CASE("values are literals, whatever is in them") {
  CHECK(sh_literal("a'b $c") == "'a'\\''b $c'");
}

TEST_CASE("an agent without anything to run has no launcher") {
  Declaration d;
  d.name = "empty";
  CHECK(make_launcher(d, {}).error().reason == "generate-failed");
}

TEST_CASE("with everything in place the launcher becomes podman run") {
  LauncherBench bench;
  CHECK(bench.run().status == 0);
  CHECK(bench.calls().find("run --pull=never --authfile") != std::string::npos);
  CHECK(bench.log().find("sample: starts\n") != std::string::npos);
}

TEST_CASE("a supervised agent that is healthy is told to systemd") {
  LauncherBench bench;
  bench.supervise("running");
  CHECK(bench.run().status == 0);
  CHECK(tests::read_file(bench.world.home() / "bin/systemd-notify.calls").starts_with("WATCHDOG=1\n"));
}

TEST_CASE("a supervised agent that is not healthy is ended on launchd, as a failure") {
  LauncherBench bench;
  bench.supervise("paused");
  CHECK(bench.run(Platform::macos).status == 143);
  CHECK(bench.log().find("sample: not healthy\n") != std::string::npos);
}

TEST_CASE("a missing dependency gives one line and a status that restarts nothing") {
  LauncherBench bench;
  bench.podman("case \"$*\" in *info*) exit 125;; esac\nexit 0\n");
  CHECK(bench.run().status == 78);
  CHECK(bench.run(Platform::macos).status == 0);
  const std::string log = bench.log();
  CHECK(std::count(log.begin(), log.end(), '\n') == 2);
  CHECK(log.find("podman does not answer") != std::string::npos);
}

TEST_CASE("a missing image and an authfile with other content stop the launcher") {
  LauncherBench bench;
  bench.podman("case \"$*\" in *exists*) exit 1;; esac\nexit 0\n");
  CHECK(bench.run().status == 78);
  CHECK(bench.log().find("the image is missing") != std::string::npos);
  LauncherBench other;
  other.world.fake.home.write(".config/containers/sourceos-empty-auth.json", R"({"auths":{"a":{}}})");
  CHECK(other.run().status == 78);
  CHECK(other.log().find("the authfile is not empty") != std::string::npos);
}

TEST_CASE("a podman that hangs is ended") {
  LauncherBench bench;
  bench.podman("case \"$*\" in *info*) exec sleep 600;; esac\nexit 0\n");
  CHECK(bench.run().status == 78);
  CHECK(bench.log().find("podman does not answer") != std::string::npos);
}

TEST_CASE("the start bound holds, and says so in the state") {
  LauncherBench bench;
  CHECK(bench.run(Platform::macos).status == 0);
  CHECK(bench.run(Platform::macos).status == 0);
  bench.world.fake.home.write(".local/state/sourceos/agents/sample/state.json",
                              "{\"agent\": \"sample\", \"state\": \"running\"}\n");
  CHECK(bench.run(Platform::macos).status == 0);
  CHECK(bench.log().find("suspended: 3 starts within an hour, 2 allowed") != std::string::npos);
  CHECK(tests::read_file(bench.world.places().state / "state.json").find("\"state\":\"suspended\"") !=
        std::string::npos);
  CHECK(bench.run().status == 78);
}

TEST_CASE("a list of starts that got shorter counts as the bound reached") {
  LauncherBench bench;
  CHECK(bench.run().status == 0);
  bench.world.fake.home.write(".local/state/sourceos/agents/sample/starts.log", "");
  CHECK(bench.run().status == 78);
  CHECK(bench.log().find("suspended") != std::string::npos);
}

}  // namespace sourceos::runtime
