#include "cli/machine_session.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/unit/cli/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::cli;
using tests::CommandScene;

TEST_CASE("a session seals a bundle and shows what has been through redaction") {
  CommandScene scene;
  auto session =
      MachineSession::begin(scene.context, bundle::Mode::read_only, "agent-machine", "x");
  REQUIRE_MESSAGE(session.has_value(), session.error().read_out());
  const std::string token = "gh" + std::string("p_0123456789abcdefghijABCDEFGHIJ012345");
  const auto report = session->finish(
      {{"schema", "s"}, {"words", token}, {"path", scene.fake.home.path().string() + "/dev"}},
      {.exit_code = 1, .result = bundle::RunResult::negative, .reason = "no"});
  REQUIRE_MESSAGE(report.has_value(), report.error().read_out());
  CHECK(report->document()["bundleId"].get<std::string>().starts_with("sha256:"));
  CHECK(report->document()["words"].get<std::string>().find(token) == std::string::npos);
  CHECK(report->document()["path"] == "$HOME/dev");
  CHECK(report->document()["reason"] == "no");
  CHECK(session->bundle_urn().starts_with("urn:srcos:evidence-bundle:"));
}

TEST_CASE("every refusal names what to type next, a good end need not") {
  CommandScene scene;
  scene.context.evidence = "none";
  auto session = MachineSession::begin(scene.context, bundle::Mode::read_only, "agent-machine", "x");
  REQUIRE(session.has_value());
  const MachineSession::End refused = end_of(Error(ErrorKind::refused, "launch-mismatch", ""));
  for (const json::Value& next : {json::Value(nullptr), json::Value("")}) {
    const auto report = session->finish({{"schema", "s"}, {"next", next}}, refused);
    CHECK(report->document()["next"].get<std::string>().find("podman info") == 0);
  }
  CHECK(session->finish({{"schema", "s"}}, refused)->document().contains("next"));
  CHECK(session->finish({{"schema", "s"}, {"next", "own"}}, refused)->document()["next"] == "own");
  CHECK_FALSE(session->finish({{"schema", "s"}}, {})->document().contains("next"));
  CHECK(session->finish({{"schema", "s"}, {"next", ""}}, {})->document()["next"].is_null());
}

TEST_CASE("without evidence a command that looks goes on, one that acts does not begin") {
  CommandScene scene;
  scene.context.evidence = "none";
  auto session =
      MachineSession::begin(scene.context, bundle::Mode::read_only, "agent-machine", "x");
  REQUIRE(session.has_value());
  CHECK_FALSE(session->has_bundle());
  CHECK(session->finish({{"schema", "s"}}, {})->document()["bundleId"].is_null());
  CHECK(MachineSession::begin(scene.context, bundle::Mode::apply, "x", "x").error().kind ==
        ErrorKind::usage);
}

TEST_CASE("an acting command without a store is refused before it acts") {
  CommandScene scene;
  scene.context.evidence = (scene.fake.home.write("file", "x") / "store").string();
  const auto session = MachineSession::begin(scene.context, bundle::Mode::apply, "x", "x");
  REQUIRE_FALSE(session.has_value());
  CHECK(session.error().reason == "evidence-unavailable");
  CHECK(session.error().kind == ErrorKind::refused);
}

TEST_CASE("a refusal ends with the code of its kind") {
  CHECK(end_of(Error(ErrorKind::refused, "a", "")).exit_code == 1);
  CHECK(end_of(Error(ErrorKind::interrupted, "a", "")).exit_code == 130);
  CHECK(end_of(Error(ErrorKind::interrupted, "a", "")).result == bundle::RunResult::interrupted);
  CHECK(end_of(Error(ErrorKind::io, "a", "")).exit_code == 4);
}

TEST_CASE("a refusal before anything was looked at has its bundle") {
  CommandScene scene;
  scene.context.path = {"agent-machine", "run"};
  const auto report =
      refuse_early(scene.context, {"agent-machine-session", "run codex", "~/dev/r"},
                   Error(ErrorKind::refused, "policy-confirmation-missing", "needs '--policy-ok'"));
  REQUIRE_MESSAGE(report.has_value(), report.error().read_out());
  CHECK(report->document()["reason"] == "policy-confirmation-missing");
  CHECK(report->document()["bundleId"].get<std::string>().starts_with("sha256:"));
  CHECK(report->code() == ExitCode::negative);
  CHECK(refuse_early(scene.context, {"a", "b", "c"}, Error(ErrorKind::usage, "usage", "both"))
            .error()
            .kind == ErrorKind::usage);
}

TEST_CASE("a store that would lie in a mount stays empty: the account's own keeps the refusal") {
  CommandScene scene;
  scene.context.path = {"agent-machine", "run"};
  const auto inside = scene.fake.home.path() / "dev/r/evidence";
  scene.context.evidence = inside.string();
  const auto report = refuse_early(scene.context, {"agent-machine-session", "run codex", "~/dev/r"},
                                   Error(ErrorKind::refused, "store-in-mount", "it is mounted"));
  REQUIRE_MESSAGE(report.has_value(), report.error().read_out());
  CHECK(report->document()["bundleId"].get<std::string>().starts_with("sha256:"));
  CHECK_FALSE(std::filesystem::exists(inside));
}
