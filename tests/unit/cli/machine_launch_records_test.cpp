#include "cli/machine_launch_records.hpp"

#include <doctest/doctest.h>

#include "cli/machine_attach.hpp"
#include "cli/machine_session.hpp"
#include "core/json/json.hpp"
#include "tests/unit/cli/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::cli;
using tests::CommandScene;

TEST_CASE("findings are told redacted, with how bad they are") {
  CommandScene scene;
  auto session =
      MachineSession::begin(scene.context, bundle::Mode::read_only, "agent-machine-session", "x")
          .value();
  CHECK(finding_rows(session).empty());
  const std::string token = "gh" + std::string("p_0123456789abcdefghijABCDEFGHIJ012345");
  session.facts().findings.push_back(
      {"repo-executes-code", collect::FindingSeverity::high, {}, "core.pager " + token});
  const json::Value rows = finding_rows(session);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["severity"] == "high");
  CHECK(rows[0].dump().find(token) == std::string::npos);
}

TEST_CASE("what a launch did, and why it ended, is in its bundle") {
  CommandScene scene;
  auto session =
      MachineSession::begin(scene.context, bundle::Mode::read_only, "agent-machine-session", "x")
          .value();
  runtime::LaunchPlan plan;
  plan.transcript_bytes_max = 1 << 20;
  runtime::MountDecision downloads;
  downloads.request.mount_id = "down";
  downloads.request.path_class = runtime::PathClass::downloads;
  downloads.resolved = (scene.fake.home.path() / "Downloads/x").string();
  (void)scene.fake.home.write("Downloads/x/file", "abc");
  plan.mounts.push_back(downloads);
  runtime::LaunchOutcome outcome;
  collect::ActionFacts action;
  action.action = "create";
  action.target = "box";
  outcome.actions.push_back(action);
  outcome.container = R"([{"Id": "0123"}])";
  outcome.failure = Error(ErrorKind::refused, "mount-changed", "another directory");
  Attachment attachment(scene.context, session.pipeline(), plan);
  const std::vector<std::string> homes = {scene.fake.home.path().string()};
  const Status recorded =
      record_launch_end({session, scene.context, plan, outcome, attachment, "5555", homes});
  REQUIRE_MESSAGE(recorded.has_value(), recorded.error().read_out());
  REQUIRE(session.facts().actions.size() == 1);
  CHECK(session.facts().actions.front().action == "create");
  REQUIRE(session.facts().denied_attempts.size() == 1);
  CHECK(session.facts().denied_attempts.front().reason == "mount-changed");
  const auto report = session.finish({{"schema", "s"}}, {});
  REQUIRE_MESSAGE(report.has_value(), report.error().read_out());
}
