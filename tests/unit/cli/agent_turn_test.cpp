#include "cli/agent_turn.hpp"

#include <doctest/doctest.h>

#include "cli/activation_evidence.hpp"
#include "cli/console.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "host/tool_finder.hpp"
#include "runtime/activation/transaction.hpp"
#include "runtime/agent/thaw.hpp"
#include "tests/support/fake_backend.hpp"
#include "tests/support/fake_host.hpp"

namespace sourceos::cli {
namespace {

const std::string k_transaction = "c4f1a2b3d4e5f60718293a4b5c6d7e8f";

// A host on which an activation wrote a launcher and died.
struct Scene {
  Scene() {
    agent = runtime::parse_declaration(
                R"({"schemaVersion":"sourceos.local-agent.v1","name":"sample","image":"localhost/sample:1"})", "",
                runtime::setting_of(fake.host))
                .value()
                .declaration;
  }

  void die(bool with_intent) {
    if (with_intent) {
      const auto evidence = ActivationEvidence::begin(context, bundle::Mode::apply);
      REQUIRE_MESSAGE(evidence.has_value(), evidence.error().read_out());
      REQUIRE((*evidence)->intend({{"command", "activate"},
                                   {"subject", {{"kind", "local-agent"}, {"ref", "sample"}}},
                                   {"plan", json::Value::array()},
                                   {"transactionId", k_transaction}}));
    }
    const auto site = runtime::AgentSite::of(agent, fake.host);
    auto transaction = runtime::Transaction::begin(fake.host, backend, site, k_transaction);
    REQUIRE_MESSAGE(transaction.has_value(), transaction.error().read_out());
    REQUIRE(transaction->make_directory(runtime::Step::install, runtime::Place::launcher_directory, 0700));
    REQUIRE(transaction->write_file(runtime::Step::install, runtime::Place::launcher, "#!/bin/sh\n", 0755, "x"));
  }
  [[nodiscard]] bool has_launcher() const {
    return host::describe(runtime::places_of(agent, fake.host).launcher).has_value();
  }
  [[nodiscard]] std::size_t open_intents() {
    return open_store(context, bundle::StoreAccess::read)->store.open_intents().value().size();
  }

  tests::FakeHost fake;
  host::ToolFinder tools{fake.host.environment};
  StringConsole console;
  Context context{.host = fake.host, .tools = tools, .console = console, .version = "0",
                  .program = "sourceos-agent", .path = {"stop"}, .argv = {"sourceos-agent", "stop"}};
  tests::FakeBackend backend;
  runtime::Declaration agent;
};

const runtime::Redactor k_as_it_is = [](std::string_view text) { return std::string(text); };

}  // namespace

TEST_CASE("a turn after a clean run has nothing to recover") {
  Scene scene;
  const auto turn = AgentTurn::take(scene.context, scene.backend, scene.agent);
  REQUIRE(turn);
  CHECK(turn->is_clean());
  CHECK(turn->as_json(k_as_it_is).is_null());
}

TEST_CASE("what an activation left is undone first, and its intent is closed in the log") {
  Scene scene;
  scene.die(true);
  CHECK(scene.has_launcher());
  CHECK(scene.open_intents() == 1);
  const auto turn = AgentTurn::take(scene.context, scene.backend, scene.agent);
  REQUIRE_MESSAGE(turn.has_value(), turn.error().read_out());
  CHECK_FALSE(scene.has_launcher());
  CHECK(turn->is_clean());
  CHECK(turn->as_json(k_as_it_is).at("transactionId") == k_transaction);
  CHECK(scene.open_intents() == 0);
}

TEST_CASE("a journal that no intent names is not followed; out of service goes on without it") {
  Scene scene;
  scene.die(false);
  const auto refused = AgentTurn::take(scene.context, scene.backend, scene.agent);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == "journal-invalid");
  const auto turn = AgentTurn::take_despite_journal(scene.context, scene.backend, scene.agent);
  REQUIRE(turn);
  CHECK(scene.has_launcher());
  CHECK(turn->problem().find("no intent") != std::string::npos);
  CHECK(turn->as_json(k_as_it_is).contains("problem"));
}

TEST_CASE("what a killed quarantine froze is released for who wants the agent, not for who ends it") {
  Scene scene;
  runtime::note_frozen(runtime::places_of(scene.agent, scene.fake.host));
  const auto ending = AgentTurn::take_despite_journal(scene.context, scene.backend, scene.agent);
  REQUIRE(ending);
  CHECK(ending->as_json(k_as_it_is).is_null());
}

TEST_CASE("a turn that releases says so") {
  Scene scene;
  runtime::note_frozen(runtime::places_of(scene.agent, scene.fake.host));
  const auto turn = AgentTurn::take(scene.context, scene.backend, scene.agent);
  REQUIRE(turn);
  CHECK(turn->as_json(k_as_it_is).at("thawed") == true);
  CHECK(scene.backend.orders.size() == 1);
}

}  // namespace sourceos::cli
