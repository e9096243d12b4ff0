#include "collect/session_facts.hpp"

#include <doctest/doctest.h>

#include "collect/session.hpp"
#include "core/json/json.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/unit/collect/fake_sources.hpp"

using namespace sourceos;

namespace {

collect::ActionFacts sample_action() {
  collect::ActionFacts action;
  action.action = "start";
  action.target = "node-commander";
  action.argv = {{"systemctl", "--user", "start", "node-commander"}};
  action.exit_code = 0;
  action.detail = "token=" + tests::planted_token();
  return action;
}

json::Value sample_mount() {
  return {{"mountId", "dev-root"},
          {"pathClass", "code"},
          {"hostPathRef", "$HOME/dev"},
          {"agentPath", "/workspace/dev"},
          {"accessMode", "read-write"},
          {"storageBackend", "native-bind"},
          {"gitRef", nullptr},
          {"contentHash", nullptr},
          {"secretsProhibited", true},
          {"directExecutionAllowed", true},
          {"existsAtRunStart", true},
          {"podmanOptions", json::Value::array()},
          {"scan", {{"status", "clean"}, {"findings", json::Value::array()}}}};
}

collect::Session begin(tests::FakeHost& fake, host::ToolFinder& tools) {
  collect::SessionOptions options;
  options.store = fake.home / "evidence";
  options.argv = {"sourceos-agent", "start", "node-commander"};
  options.command_path = {"start"};
  options.mode = bundle::Mode::apply;
  return collect::Session::begin(fake.host, tools, std::move(options)).value();
}

}  // namespace

TEST_CASE("what a command did stands in the record, redacted") {
  tests::FakeHost fake;
  host::ToolFinder tools(fake.host.environment);
  auto session = begin(fake, tools);
  session.facts().subject_kind = "agent";
  session.facts().subject_ref = "node-commander";
  session.facts().policy_hash = bundle::sha256("rules");
  session.facts().actions.push_back(sample_action());
  session.facts().denied_attempts.push_back({"$HOME/.ssh", "denied-location", "deny"});
  session.facts().mounts.push_back(sample_mount());
  session.facts().non_claims.push_back("The agent may have written elsewhere.");
  REQUIRE(session.add_json({"preflight"}, collect::EntryKind::check_report, {{"result", "pass"}}));
  REQUIRE(session.collect());
  const auto report = session.seal({.exit_code = 1,
                                    .result = bundle::RunResult::negative,
                                    .reason = "start-failed",
                                    .started = false});
  REQUIRE_MESSAGE(report, (report ? "" : report.error().read_out()));
  const json::Value record = json::Value::parse(report->record);
  CHECK(record["subject"]["kind"] == "agent");
  CHECK(record["subject"]["ref"] == "node-commander");
  CHECK(record["policyHash"] == bundle::sha256("rules").text());
  CHECK(record["outcome"]["started"] == false);
  CHECK(record["actions"][0]["action"] == "start");
  CHECK(record["actions"][0]["status"] == "done");
  CHECK(record["deniedAttempts"][0]["severity"] == "deny");
  CHECK(record["mounts"][0]["mountId"] == "dev-root");
  CHECK(record["nonClaims"].back() == "The agent may have written elsewhere.");
  CHECK(record["entries"]["count"] >= 1);
  CHECK(report->record.find(tests::planted_token()) == std::string::npos);
}

TEST_CASE("an action has the JSON form of a lifecycle action") {
  collect::ActionFacts action = sample_action();
  action.status = collect::ActionStatus::rolled_back;
  action.argv.reset();
  const json::Value value = action.to_json();
  CHECK(value["status"] == "rolled-back");
  CHECK(value["argv"].is_null());
  CHECK(value["before"].is_null());
  CHECK(value["startedAt"] == "1970-01-01T00:00:00Z");
}
