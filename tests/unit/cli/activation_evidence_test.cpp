#include "cli/activation_evidence.hpp"

#include <doctest/doctest.h>

#include "cli/console.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

struct Scene {
  tests::FakeHost fake;
  host::ToolFinder tools{fake.host.environment};
  StringConsole console;
  Context context{.host = fake.host,
                  .tools = tools,
                  .console = console,
                  .version = "0",
                  .program = "sourceos-agent",
                  .path = {"activate"},
                  .argv = {"sourceos-agent", "activate"}};
};

runtime::ActivationReport failed_report() {
  runtime::ActivationReport report;
  report.transaction = "00112233445566778899aabbccddeeff";
  report.verdict = runtime::Verdict::negative;
  report.reason = "start-failed";
  runtime::AgentOutcome agent;
  agent.name = "sample";
  agent.rollback.performed = true;
  agent.rollback.actions = {{.seq = 4, .undo = runtime::Undo::disable, .done = true}};
  agent.policy_decisions = {"local-image"};
  report.agents.push_back(agent);
  return report;
}

json::Value intent_of(const std::string& transaction) {
  return {{"command", "activate"},
          {"subject", {{"kind", "local-agent"}, {"ref", "sample"}}},
          {"plan", json::Value::array()},
          {"transactionId", transaction}};
}

}  // namespace

TEST_CASE("a transaction is known once its intent is in the log") {
  Scene scene;
  const auto evidence = ActivationEvidence::begin(scene.context, bundle::Mode::apply);
  REQUIRE_MESSAGE(evidence.has_value(), evidence.error().read_out());
  const std::string transaction = "c4f1a2b3d4e5f60718293a4b5c6d7e8f";
  CHECK_FALSE((*evidence)->knows(transaction).value());
  REQUIRE((*evidence)->intend(intent_of(transaction)));
  CHECK((*evidence)->knows(transaction).value());
  CHECK_FALSE((*evidence)->knows("00000000000000000000000000000000").value());
}

TEST_CASE("the bundle names every step, every undo and what was passed over") {
  Scene scene;
  const auto evidence = ActivationEvidence::begin(scene.context, bundle::Mode::apply);
  REQUIRE(evidence.has_value());
  const auto report = failed_report();
  REQUIRE((*evidence)->intend(intent_of(report.transaction)));
  const auto id = (*evidence)->seal(report);
  REQUIRE_MESSAGE(id.has_value(), id.error().read_out());
  const auto open = open_store(scene.context, bundle::StoreAccess::read);
  REQUIRE(open.has_value());
  const auto rows = open->store.list({});
  REQUIRE(rows.has_value());
  REQUIRE(rows->size() == 1);
  CHECK(rows->front().id.text() == *id);
  CHECK(rows->front().subject_ref == "sample");
  CHECK(rows->front().exit_code == 1);
  CHECK(rows->front().intent.has_value());
  CHECK(open->store.open_intents().value().empty());
}

TEST_CASE("a second attempt is a bundle of its own") {
  Scene scene;
  const auto evidence = ActivationEvidence::begin(scene.context, bundle::Mode::dry_run);
  REQUIRE(evidence.has_value());
  const auto first = (*evidence)->seal(failed_report());
  const auto second = (*evidence)->seal(failed_report());
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  CHECK(*first != *second);
}
