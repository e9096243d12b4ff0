#include "runtime/agent/observe.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/support/fake_backend.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

std::string plain(std::string_view text) { return std::string(text); }

// A clock of a host that has been up for some hours.
class UpFor : public host::Clock {
 public:
  UpFor(const host::Clock& clock, std::uint64_t hours) : clock_(clock), hours_(hours) {}
  [[nodiscard]] UtcTime now() const override { return clock_.now(); }
  [[nodiscard]] std::uint64_t boot_ms() const override { return hours_ * 3'600'000; }
  [[nodiscard]] std::optional<bool> synchronised() const override { return std::nullopt; }

 private:
  const host::Clock& clock_;
  std::uint64_t hours_;
};

}  // namespace

TEST_CASE("the state is read from the host, and notes that differ are a drift") {
  tests::AgentWorld world;
  tests::FakeBackend backend;
  const auto agent = world.read();
  const std::string unit = "sourceos-agent@sample.service";
  CHECK(observe(world.host(), backend, agent).phase == AgentPhase::absent);
  world.install();
  CHECK(observe(world.host(), backend, agent).phase == AgentPhase::installed);
  backend.services[unit].enabled = true;
  CHECK(observe(world.host(), backend, agent).phase == AgentPhase::enabled);
  backend.services[unit].active = true;
  world.container = tests::exited(0, R"([{"Id":"cafe","State":{"Status":"running"}}])");
  CHECK(observe(world.host(), backend, agent).phase == AgentPhase::running);
  world.fake.home.write(".config/systemd/user/sourceos-agent@sample.service",
                        "[Service]\nRestart=always\n");
  const Observation changed = observe(world.host(), backend, agent);
  CHECK(changed.definition_changed);
  CHECK(tests::has_rule(changed.findings, "systemd-restart-always"));
  CHECK(as_json(changed, agent, world.host(), plain).at("drift").at("reason") == "state-drift");
}

TEST_CASE("what lives and is not healthy, or waits to be started again, is not running") {
  tests::AgentWorld world;
  tests::FakeBackend backend;
  const auto agent = world.read();
  world.install();
  backend.services["sourceos-agent@sample.service"] = {.enabled = true, .active = true};
  world.container = tests::exited(0, R"([{"Id":"cafe","State":{"Status":"paused"}}])");
  const Observation unhealthy = observe(world.host(), backend, agent);
  CHECK(unhealthy.phase == AgentPhase::enabled);
  const json::Value shown = as_json(unhealthy, agent, world.host(), plain);
  CHECK(shown.at("reason") == "unhealthy");
  CHECK(shown.at("health").at("detail") == "container is paused");
  backend.services["sourceos-agent@sample.service"].state = "activating (auto-restart)";
  CHECK(as_json(observe(world.host(), backend, agent), agent, world.host(), plain).at("reason") == "restarting");
}

TEST_CASE("another definition under the agent's label is told") {
  tests::AgentWorld world;
  tests::FakeBackend backend;
  backend.services["sourceos-agent@sample.service"].loaded_from = "/elsewhere/sample.service";
  CHECK(observe(world.host(), backend, world.read()).drift ==
        "systemd has another definition under this label: '/elsewhere/sample.service'");
}

TEST_CASE("a launcher that was changed, or that others may write, is told") {
  tests::AgentWorld world;
  tests::FakeBackend backend;
  world.install();
  CHECK(observe(world.host(), backend, world.read()).permissions.empty());
  world.fake.home.write(std::filesystem::relative(world.places().launcher, world.home()).string(), "another");
  std::filesystem::permissions(world.places().launcher, std::filesystem::perms(0777));
  const Observation seen = observe(world.host(), backend, world.read());
  CHECK(seen.drift == "the launcher is not the one that was installed");
  CHECK(seen.permissions.find("mode 0777") != std::string::npos);
}

TEST_CASE("notes of a suspended agent are shown") {
  tests::AgentWorld world;
  tests::FakeBackend backend;
  const auto agent = world.read();
  world.install();
  AgentState state = read_state(world.places());
  state.phase = AgentPhase::suspended;
  REQUIRE(write_state(world.places(), state, world.fake.clock.now()));
  CHECK(observe(world.host(), backend, agent).phase == AgentPhase::suspended);
}

TEST_CASE("the definition of done has nine lines") {
  tests::AgentWorld world;
  tests::FakeBackend backend;
  const auto agent = world.read();
  const json::Value done = definition_of_done(observe(world.host(), backend, agent), world.preflight(), agent);
  CHECK(done.size() == 9);
  CHECK(done.at(0).at("holds") == false);
}

TEST_CASE("as many starts are allowed as the hours since the last start by hand or the boot allow") {
  tests::AgentWorld world;
  tests::FakeBackend backend;
  world.install();
  backend.services["sourceos-agent@sample.service"].starts = 12;
  constexpr std::int64_t k_noted_hours_ago = 10;
  const auto is_excessive = [&](std::uint64_t hours_up) {
    UpFor clock(world.fake.clock, hours_up);
    const host::Host host{clock, world.host().random, world.host().processes, world.host().environment, nullptr};
    return tests::has_rule(observe(host, backend, world.read()).findings, "excessive-run-count");
  };
  AgentState notes = read_state(world.places());
  notes.phase = AgentPhase::running;
  const UtcTime noted = {world.fake.clock.now().nanoseconds - k_noted_hours_ago * 3'600'000'000'000};
  REQUIRE(write_state(world.places(), notes, noted));
  CHECK_FALSE(is_excessive(100));
  CHECK_FALSE(is_excessive(4));
  CHECK(is_excessive(3));
  REQUIRE(write_state(world.places(), notes, world.fake.clock.now()));
  CHECK(is_excessive(100));
}

TEST_CASE("where Podman does not answer nobody says that there is no container") {
  tests::AgentWorld world;
  tests::FakeBackend backend;
  world.install();
  backend.services["sourceos-agent@sample.service"] = {.enabled = true, .active = true};
  world.container = {};
  world.container.end = host::ProcessEnd::timed_out;
  const auto agent = world.read();
  const json::Value shown = as_json(observe(world.host(), backend, agent), agent, world.host(), plain);
  CHECK(shown.at("containerUnknown") == "'podman' did not answer in time");
  CHECK(shown.at("health").at("detail") ==
        "whether its container runs is not known: 'podman' did not answer in time");
}

TEST_CASE("too many starts and an old system-wide plist are findings") {
  tests::AgentWorld world("macos");
  tests::FakeBackend backend(Platform::macos);
  backend.services["sourceos-agent@sample.service"].starts = 5'000;
  world.fake.home.write("root/Library/LaunchAgents/org.sourceos.agent.sample.plist",
                        "<plist version=\"1.0\"><dict><key>KeepAlive</key><true/></dict></plist>");
  const auto findings = observe(world.host(), backend, world.read()).findings;
  CHECK(tests::has_rule(findings, "excessive-run-count"));
  CHECK(tests::has_rule(findings, "launchd-keepalive-true"));
  CHECK(tests::has_rule(findings, "launchd-root-user-agent"));
}

}  // namespace sourceos::runtime
