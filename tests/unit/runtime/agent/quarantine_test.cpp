#include "runtime/agent/quarantine.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "tests/unit/runtime/agent/quarantine_world.hpp"

namespace sourceos::runtime {
namespace {

namespace fs = std::filesystem;
using tests::QuarantineBench;

const std::string k_unit = "sourceos-agent@sample.service";

}  // namespace

TEST_CASE("a running agent is frozen, stopped, disabled and moved away, in eleven steps") {
  QuarantineBench bench;
  bench.install();
  bench.backend.services[k_unit] = {.enabled = true, .active = true};
  const std::string original = tests::read_file(bench.world.places().definition);
  bench.backend.orders.clear();
  const Quarantine& run = bench.run();
  CHECK_FALSE(run.is_partial());
  CHECK(run.steps().size() == 12);
  CHECK_FALSE(bench.backend.services[k_unit].active);
  CHECK_FALSE(bench.backend.services[k_unit].enabled);
  CHECK_FALSE(fs::exists(bench.world.places().definition));
  CHECK(tests::read_file(bench.world.places().held / k_unit) == original);
  CHECK(host::describe(bench.directory())->mode == 0700);
  CHECK(bench.backend.orders.front() == "forbid " + k_unit);
  CHECK(bench.backend.orders.back() == "allow " + k_unit);
  CHECK(read_state(bench.world.places()).phase == AgentPhase::quarantined);
}

TEST_CASE("an agent that is not installed, without Podman, is captured all the same") {
  QuarantineBench bench;
  bench.world.has_podman = false;
  const Quarantine& run = bench.run();
  CHECK_FALSE(run.is_partial());
  CHECK(bench.step(3).status == "skipped");
  CHECK(fs::exists(bench.directory() / "podman-info.json"));
  CHECK(fs::exists(bench.directory() / "remediation.md"));
}

TEST_CASE("a disable that fails does not stop the rest, and the operator gets the command") {
  QuarantineBench bench;
  bench.install();
  bench.backend.services[k_unit] = {.enabled = true, .active = false};
  bench.backend.failing = {"disable"};
  const Quarantine& run = bench.run();
  CHECK(run.is_partial());
  CHECK(bench.step(2).status == "failed");
  CHECK_FALSE(fs::exists(bench.world.places().definition));
  CHECK(run.manifest("").at("protection") == "moved");
  CHECK(run.by_hand().at(0) == "fakectl disable " + k_unit);
  CHECK(run.manifest("").at("receipt").at("outcome") == "failed");
}

TEST_CASE("what still runs or is still enabled at the end is named") {
  QuarantineBench bench;
  bench.install();
  bench.backend.services[k_unit] = {.enabled = true, .active = true};
  bench.backend.lying = {"stop", "kill", "disable"};
  const Quarantine& run = bench.run();
  CHECK(run.residual().size() == 2);
  CHECK(run.is_partial());
}

TEST_CASE("the old system-wide plist goes too, with a redacted copy") {
  QuarantineBench bench("macos");
  bench.world.fake.home.write("root/Library/LaunchAgents/org.sourceos.agent.sample.plist", "<plist/>");
  (void)bench.run();
  CHECK_FALSE(fs::exists(bench.world.places().legacy_plist));
  CHECK(fs::exists(bench.directory() / "legacy-service.plist.disabled"));
}

TEST_CASE("a binary plist is kept as text, so that it can be redacted; one that is broken is not kept") {
  // <dict><key>Label</key><string>..., as plutil -convert binary1 writes it, with a token in it.
  const std::string token = std::string("gh") + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
  std::string plist = "bplist00";
  plist += std::string("\xD1\x01\x02\x55", 4) + "Token" + std::string("\x5F\x10\x28", 3) + token;
  const auto at = static_cast<char>(plist.size());
  plist += std::string("\x08\x0B\x11", 3) + std::string(6, '\0') + std::string("\x01\x01", 2) +
           std::string(7, '\0') + '\x03' + std::string(8, '\0') + std::string(7, '\0') + at;
  for (const bool broken : {false, true}) {
    QuarantineBench bench("macos");
    bench.world.fake.home.write("root/Library/LaunchAgents/org.sourceos.agent.sample.plist",
                                broken ? plist.substr(0, plist.size() - 8) : plist);
    (void)bench.run();
    const std::string kept = tests::read_file(bench.directory() / "legacy-service.plist.disabled");
    CHECK(kept.find(token) == std::string::npos);
    CHECK((kept.find("<key>Token</key>") != std::string::npos) == !broken);
    CHECK(kept.starts_with("not kept: ") == broken);
  }
}

TEST_CASE("a Podman that hangs is waited for once, and the rest goes on without it") {
  QuarantineBench bench;
  bench.install();
  std::size_t asked = 0;
  bench.world.fake.processes.answer = [&, others = bench.world.fake.processes.answer](
                                          const host::ProcessRequest& request) {
    if (request.argv[0] != "podman") {
      return others(request);
    }
    ++asked;
    host::ProcessOutcome hung;
    hung.end = host::ProcessEnd::timed_out;
    return hung;
  };
  const Quarantine& run = bench.run();
  CHECK(asked == 1);
  CHECK_FALSE(run.is_partial());
  CHECK_FALSE(fs::exists(bench.world.places().definition));
  CHECK(tests::read_file(bench.directory() / "podman-info.json").find("in time") != std::string::npos);
}

TEST_CASE("a manifest that cannot be written is told, and the state is noted all the same") {
  QuarantineBench bench;
  bench.install();
  bench.quarantine.emplace(bench.world.host(), bench.backend, bench.agent, bench.log, *bench.pipeline,
                           QuarantineSetting{.directory = bench.directory()});
  REQUIRE(bench.quarantine->run());
  fs::remove_all(bench.directory());
  CHECK_FALSE(bench.quarantine->finish("sha256:00"));
  CHECK(read_state(bench.world.places()).phase == AgentPhase::quarantined);
}

TEST_CASE("a plan names every deed and changes nothing") {
  QuarantineBench bench;
  bench.install();
  const auto plan = quarantine_plan(bench.world.host(), bench.backend, bench.agent, bench.directory());
  CHECK(plan.front().action == "freeze");
  CHECK(plan.back().action == "capture");
  CHECK(fs::exists(bench.world.places().definition));
  CHECK_FALSE(fs::exists(bench.directory()));
}

}  // namespace sourceos::runtime
