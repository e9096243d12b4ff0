#include "cli/verdict_forms.hpp"

#include "cli/report.hpp"
#include "core/json/json.hpp"
#include "verify/verdict.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

verify::Verdict failed_verdict() {
  verify::Verdict verdict;
  verdict.decision = verify::Decision::failed;
  verdict.words = "failed";
  verdict.reason = "digest-mismatch";
  verdict.checks = {{"layout", verify::CheckOutcome::pass, "", "", ""},
                    {"digests", verify::CheckOutcome::fail, "digest-mismatch", "a\x1b", "expected b"},
                    {"sequence", verify::CheckOutcome::unverifiable, "consistency-missing", "", ""},
                    {"policy", verify::CheckOutcome::skipped, "no policy", "", ""}};
  return verdict;
}

}  // namespace

TEST_CASE("a verdict's record has its input, its reason and the exit code that follows") {
  const json::Value document = verdict_report(failed_verdict(), "$HOME/b.tar", false).document();
  CHECK(document["schema"] == "sourceos.evidence-verify/v1");
  CHECK(document["input"] == "$HOME/b.tar");
  CHECK(document["exitCode"] == 1);
  CHECK(document["reason"] == "digest-mismatch");
  verify::Verdict good;
  good.decision = verify::Decision::verified;
  good.words = "verified";
  CHECK(verdict_report(good, "b.tar", false).code() == ExitCode::done);
}

TEST_CASE("a verdict that lacks a key says what would give it one; a next step of its own stands") {
  verify::Verdict verdict;
  verdict.decision = verify::Decision::unverifiable;
  verdict.reason = "untrusted-key";
  const json::Value document = verdict_report(verdict, "b.tar", false).document();
  CHECK(document["next"].get<std::string>().starts_with("sourceosctl evidence verify b.tar --key FILE"));
  verdict.next = "sourceosctl evidence log consistency 2 3";
  CHECK(verdict_report(verdict, "b.tar", false).document()["next"] == verdict.next);
  CHECK(verdict_report(failed_verdict(), "b.tar", false).document()["next"] == nullptr);
}

TEST_CASE("what failed or could not be told is a result in SARIF, what passed is not") {
  const json::Value sarif =
      verdicts_as_sarif({verdict_report(failed_verdict(), "b.tar", false).document()});
  const json::Value& results = sarif["runs"][0]["results"];
  REQUIRE(results.size() == 2);
  CHECK(results[0]["ruleId"] == "digest-mismatch");
  CHECK(results[0]["level"] == "error");
  CHECK(results[0]["message"]["text"] == "digests: digest-mismatch: a\\x1b: expected b");
  CHECK(results[1]["level"] == "warning");
}

TEST_CASE("in JUnit each check is a case and the verdict is one too") {
  const std::string junit =
      verdicts_as_junit({verdict_report(failed_verdict(), "b.tar", false).document()});
  CHECK(junit.find("tests=\"5\" failures=\"2\" errors=\"0\" skipped=\"2\"") != std::string::npos);
}

TEST_CASE("a bundle that could not be read fails in both") {
  json::Value document =
      error_report(Error(ErrorKind::not_found, "input-missing", "no such file")).document();
  document["input"] = "b.tar";
  CHECK(verdicts_as_sarif({document})["runs"][0]["results"][0]["ruleId"] == "input-missing");
  CHECK(verdicts_as_junit({document}).find("failures=\"1\"") != std::string::npos);
}
