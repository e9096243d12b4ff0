#include "runtime/activation/operator_change.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>

#include "tests/unit/runtime/activation/invariants.hpp"

namespace sourceos::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_transaction = "0123456789abcdef0123456789abcdef";

enum class Verb { install, start };

struct Bench {
  explicit Bench(Platform platform = Platform::linux_systemd) : world(platform) {
    world.document["lifecycle"]["startupTimeoutSeconds"] = 1;
  }

  // As the command does it: the intent, the change, the bundle, the end.
  ActResult run(Verb verb) {
    const ReadDeclaration agent = world.read();
    CHECK(world.evidence.intend({{"transactionId", k_transaction}}));
    ActionLog log(world.host());
    OperatorChange change(world.host(), world.backend, agent, log,
                          {.transaction = std::string(k_transaction), .sleep = [](std::uint64_t) {}});
    ActResult result = verb == Verb::install ? change.install() : change.start();
    if (!host::fault_point("bundle.write")) {
      change.take_back();
      return {.ok = false, .reason = "evidence-incomplete"};
    }
    CHECK(change.commit());
    actions.clear();
    for (const collect::ActionFacts& row : log.rows()) {
      actions += row.action + " ";
    }
    return result;
  }
  // In a process of its own: SIGKILL, 130, 1 or 0.
  int run_in_child(Verb verb, const std::string& faults) {
    const pid_t child = ::fork();
    if (child == 0) {
      world.fake.host.interrupted = host::watch_interrupts();
      if (!host::arm_faults(faults)) {
        ::_exit(4);
      }
      const ActResult result = run(verb);
      ::_exit(result.ok ? 0 : result.reason == "interrupted" ? 130 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  }
  ServiceStatus status() { return world.backend.status(world.site().service); }

  tests::ActivationWorld world;
  std::string actions;
};

}  // namespace

TEST_CASE("install makes every file, starts nothing, and a second one changes nothing") {
  Bench bench;
  CHECK(bench.run(Verb::install).changed);
  CHECK(bench.actions == "write-authfile make-log-directory write-launcher write-provenance "
                         "write-definition reload ");
  const AgentSite site = bench.world.site();
  CHECK(host::describe(site.places.launcher)->mode == 0755);
  CHECK(host::describe(site.declaration.authfile)->mode == 0600);
  CHECK(fs::exists(site.places.state / "provenance.json"));
  CHECK_FALSE(bench.status().enabled);
  CHECK(read_state(site.places).phase == AgentPhase::installed);
  const ActResult second = bench.run(Verb::install);
  CHECK(second.ok);
  CHECK_FALSE(second.changed);
  CHECK(bench.actions == "write-launcher write-provenance write-definition ");
}

TEST_CASE("an existing authfile is never changed, and what runs runs on while it is replaced") {
  Bench bench;
  const fs::path authfile = bench.world.read().declaration.authfile;
  bench.world.fake.home.write(fs::relative(authfile, bench.world.fake.home.path()).string(), "mine");
  CHECK(bench.run(Verb::install).ok);
  CHECK(tests::read_file(authfile) == "mine");
  CHECK(bench.run(Verb::start).ok);
  bench.world.document["lifecycle"]["shutdownTimeoutSeconds"] = 11;
  CHECK(bench.run(Verb::install).changed);
  CHECK(bench.status().active);
  CHECK(bench.world.backend.job().starts == 1);
}

TEST_CASE("start enables, starts once and waits for health; a second start does nothing") {
  Bench bench;
  CHECK(bench.run(Verb::install).ok);
  CHECK(bench.run(Verb::start).changed);
  CHECK(bench.actions == "enable start ");
  CHECK(bench.status().enabled);
  CHECK(read_state(bench.world.site().places).container_id == "c1");
  CHECK_FALSE(bench.run(Verb::start).changed);
  CHECK(bench.world.backend.job().starts == 1);
}

TEST_CASE("what does not become healthy is stopped and disabled, also when it was enabled before") {
  for (const bool was_enabled : {false, true}) {
    Bench bench;
    CHECK(bench.run(Verb::install).ok);
    if (was_enabled) {
      CHECK(bench.world.backend.enable(bench.world.site().service).ok);
    }
    bench.world.is_container_healthy = false;
    CHECK(bench.run(Verb::start).reason == "health-timeout");
    CHECK_FALSE(bench.status().enabled);
    CHECK_FALSE(bench.status().active);
    CHECK(fs::exists(bench.world.site().places.definition));
    const AgentState notes = read_state(bench.world.site().places);
    CHECK(notes.phase == AgentPhase::failed);
    CHECK(notes.reason == "health-timeout");
  }
}

TEST_CASE("a start that fails repeats why the launcher left") {
  Bench bench;
  CHECK(bench.run(Verb::install).ok);
  bench.world.is_container_healthy = false;
  const auto log = fs::relative(bench.world.read().declaration.app_log, bench.world.fake.home.path()).string();
  bench.world.fake.home.write(log, "T sample: not started: the image is missing\nother: line\n");
  CHECK(bench.run(Verb::start).detail.ends_with("the launcher says: not started: the image is missing"));
  bench.world.fake.home.write(log, "T sample: not started: of an earlier day\nT sample: starts\n");
  CHECK(bench.run(Verb::start).detail.find("launcher") == std::string::npos);
}

TEST_CASE("a service account cannot start until a token door resolves it") {
  Bench bench;
  bench.world.document["auth"] = {{"mode", "service-account"}, {"serviceAccountRef", "urn:x:y"}};
  CHECK(bench.run(Verb::start).reason == "token-door-unavailable");
}

TEST_CASE("whatever fails in an install leaves nothing, also when the process is killed there") {
  const std::array points = {"install.authfile",           "install.logdir",
                             "install.launcher.before",    "install.launcher.partial",
                             "install.launcher.after",     "install.definition.before",
                             "install.definition.partial", "install.definition.after",
                             "install.reload",             "state.write",
                             "journal.write",              "bundle.write"};
  for (const Platform platform : {Platform::linux_systemd, Platform::macos}) {
    for (const std::string kind : {"error", "crash", "signal"}) {
      for (const std::string point : points) {
        Bench bench(platform);
        CAPTURE(point);
        CAPTURE(kind);
        const int code = bench.run_in_child(Verb::install, point + ":" + kind);
        const bool is_after_the_end = point == "bundle.write" && kind == "signal";
        CHECK((kind == "crash" ? code == SIGKILL : code != 0 || is_after_the_end));
        REQUIRE(bench.world.recover());
        const AgentSite site = bench.world.site();
        CHECK(fs::exists(site.places.definition) == is_after_the_end);
        CHECK(fs::exists(site.places.launcher) == is_after_the_end);
        CHECK_FALSE(bench.status().enabled);
        CHECK(bench.run_in_child(Verb::install, "") == 0);
        CHECK(bench.run_in_child(Verb::start, "") == 0);
        CHECK(bench.status().active);
      }
    }
  }
}

TEST_CASE("whatever fails in a start leaves the agent installed and disabled, killed or not") {
  const std::array points = {"enable.before", "enable.command", "enable.after", "start.before",
                             "start.command", "start.after",    "health",       "state.write",
                             "bundle.write",  "backend.lies"};
  for (const Platform platform : {Platform::linux_systemd, Platform::macos}) {
    for (const std::string kind : {"error", "crash", "signal"}) {
      for (const std::string point : points) {
        if (platform == Platform::macos && point == "start.command") {
          continue;  // what launchd loads with RunAtLoad needs no order to start
        }
        Bench bench(platform);
        CAPTURE(point);
        CAPTURE(kind);
        REQUIRE(bench.run_in_child(Verb::install, "") == 0);
        const int code = bench.run_in_child(Verb::start, point + ":" + kind);
        const bool is_after_the_end = point == "bundle.write" && kind == "signal";
        CHECK((kind == "crash" ? code == SIGKILL : code != 0 || is_after_the_end));
        REQUIRE(bench.world.recover());
        CHECK(fs::exists(bench.world.site().places.definition));
        CHECK(bench.status().enabled == is_after_the_end);
        CHECK(bench.status().active == is_after_the_end);
        CHECK(bench.run_in_child(Verb::start, "") == 0);
        CHECK(bench.status().active);
      }
    }
  }
}

}  // namespace sourceos::runtime
