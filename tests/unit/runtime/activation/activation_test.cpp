#include "runtime/activation/activation.hpp"

#include <doctest/doctest.h>

#include <set>

#include "core/json/json.hpp"
#include "host/fault.hpp"
#include "tests/unit/runtime/activation/activation_world.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

TEST_CASE("every result has a word of its own") {
  std::set<std::string_view> words;
  for (int result = 0; result <= static_cast<int>(AgentResult::planned); ++result) {
    words.insert(to_string(static_cast<AgentResult>(result)));
  }
  CHECK(words.size() == static_cast<std::size_t>(AgentResult::planned) + 1);
  CHECK_FALSE(words.contains(""));
}

TEST_CASE("the intent is there before anything is changed, and names the transaction") {
  tests::ActivationWorld world;
  REQUIRE(host::arm_faults("preflight"));
  const auto report = world.activate();
  REQUIRE(host::arm_faults(""));
  REQUIRE(report);
  const json::Value intent = json::Value::parse(tests::read_file(world.fake.home / "evidence/intents"));
  CHECK(intent.at("transactionId") == report->transaction);
  CHECK(intent.at("plan").at(0).at("agent") == "sample");
  CHECK(intent.at("subject").at("ref") == "sample");
}

TEST_CASE("one agent that fails does not keep another from its target") {
  tests::ActivationWorld world;
  Catalog catalog;
  catalog.agents.push_back(world.read());
  world.document["name"] = "another";
  world.document["lifecycle"] = {{"keepAlive", true}, {"restart", "manual"}};
  catalog.agents.push_back(world.read());
  world.document["name"] = "sample";
  ActivationPorts ports = world.ports();
  const auto report = activate(ports, catalog, world.options);
  REQUIRE(report);
  REQUIRE(report->agents.size() == 2);
  CHECK(report->agents[0].name == "another");
  CHECK(report->agents[0].result == AgentResult::invalid_declaration);
  CHECK(report->agents[1].result == AgentResult::running);
  CHECK(report->verdict == Verdict::negative);
}

TEST_CASE("without a bundle what was staged is refused and what was changed is taken back") {
  tests::ActivationWorld world;
  world.options.stage_only = true;
  REQUIRE(host::arm_faults("bundle.write"));
  const auto staged = world.activate();
  REQUIRE_FALSE(staged);
  CHECK(staged.error().reason == "evidence-unavailable");
  world.options.stage_only = false;
  const auto changed = world.activate();
  REQUIRE(host::arm_faults(""));
  REQUIRE(changed);
  CHECK(changed->verdict == Verdict::incomplete);
  CHECK(changed->reason == "evidence-incomplete");
  CHECK_FALSE(std::filesystem::exists(world.site().places.definition));
  CHECK_FALSE(world.backend.job().active);
}

TEST_CASE("what activation brought and nothing declares any more is pruned, nothing else") {
  tests::ActivationWorld world;
  REQUIRE(world.activate());
  const AgentPlaces by_hand = places_of_name("by-hand", world.host());
  AgentState notes;
  notes.phase = AgentPhase::running;
  notes.managed_by = "operator";
  REQUIRE(write_state(by_hand, notes, UtcTime{}));
  ActivationPorts ports = world.ports();
  world.options.prune = true;
  const auto report = activate(ports, {}, world.options);
  REQUIRE(report);
  REQUIRE(report->agents.size() == 1);
  CHECK(report->agents[0].name == "sample");
  CHECK(report->agents[0].result == AgentResult::pruned);
  CHECK(report->verdict == Verdict::done);
  CHECK(world.quarantined == std::vector<std::string>{"prune"});
}

TEST_CASE("an agent whose declaration cannot be read, or lies elsewhere, is not pruned") {
  tests::ActivationWorld world;
  REQUIRE(world.activate());
  ActivationPorts ports = world.ports();
  world.options.prune = true;
  Catalog broken;
  const Error error(ErrorKind::malformed, "invalid-declaration", "unknown field");
  for (const char* name : {"sample", ""}) {
    CAPTURE(name);
    broken.unreadable = {{"x.json", name, error}};
    const auto report = activate(ports, broken, world.options);
    REQUIRE(report);
    REQUIRE(report->agents.size() == 1);
    CHECK(world.quarantined.empty());
    CHECK(report->agents[0].states.running);  // as it is, whatever its declaration says
  }
  world.fake.home.write(".config/sourceos/local-agents/sample.json", world.document.dump());
  REQUIRE(activate(ports, {}, world.options));
  CHECK(world.quarantined.empty());
}

TEST_CASE("an agent that a dead activation left is recovered and then activated") {
  tests::ActivationWorld world;
  REQUIRE(world.activate_in_child("install.definition.after:crash") == SIGKILL);
  const auto report = world.activate();
  REQUIRE(report);
  REQUIRE(report->agents.at(0).recovered);
  CHECK(report->agents.at(0).recovered->complete);
  CHECK(report->agents.at(0).result == AgentResult::running);
}

TEST_CASE("two activations at once leave one running agent and one answer that says why") {
  tests::ActivationWorld world;
  world.options.lock_wait_ms = 60'000;
  ActivationPorts waiting = world.ports();
  waiting.sleep = [](std::uint64_t ms) { ::usleep(static_cast<useconds_t>(ms * 1000)); };
  const auto run = [&] {
    (void)world.fake.random.bytes(1);
    const pid_t child = ::fork();
    if (child == 0) {
      Catalog catalog;
      catalog.agents.push_back(world.read());
      const auto report = activate(waiting, catalog, world.options);
      ::_exit(report ? tests::ActivationWorld::exit_code(report->verdict) : 4);
    }
    return child;
  };
  const pid_t first = run();
  const pid_t second = run();
  int status = 0;
  for (const pid_t child : {first, second}) {
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 0);
  }
  CHECK(world.backend.job().starts == 1);
  CHECK(world.backend.job().active);
}
