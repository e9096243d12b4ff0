#include "cli/agent_next.hpp"

#include <doctest/doctest.h>

#include "cli/console.hpp"
#include "cli/report.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"

namespace sourceos::cli {
namespace {

struct Question {
  tests::FakeHost fake;
  host::ToolFinder tools{fake.host.environment};
  StringConsole console;
  Context context{.host = fake.host, .tools = tools, .console = console, .version = "1", .program = "sourceos-agent"};
  runtime::ReadDeclaration agent;
  runtime::Observation seen;
  runtime::Preflight checks;

  Question() {
    agent.declaration.name = "sample";
    agent.file = "/home/u/sample.json";
  }
  void fails(const char* reason, const char* fix) {
    runtime::Check check;
    check.status = runtime::CheckStatus::fail;
    check.reason = reason;
    check.remediation = fix;
    checks.checks.push_back(check);
  }
  std::string next(bool is_unfinished = false) {
    return next_for_agent(context, agent, seen, checks, is_unfinished);
  }
};

}  // namespace

TEST_CASE("what install makes is no obstacle, what it cannot make is") {
  Question question;
  question.fails("authfile-missing", "mkdir x");
  question.fails("log-dir-missing", "mkdir y");
  CHECK(question.next() == "sourceos-agent install sample");
  question.fails("machine-stopped", "podman machine start m");
  CHECK(question.next() == "podman machine start m");
}

TEST_CASE("what breaks a rule comes first, then the declaration, then what state it is in") {
  Question question;
  question.fails("machine-stopped", "podman machine start m");
  question.agent.findings.push_back({"x", "image", runtime::Severity::high, "is needed", ""});
  CHECK(question.next() == "correct /home/u/sample.json");
  runtime::PolicyFinding finding;
  finding.severity = runtime::Severity::high;
  question.seen.findings.push_back(finding);
  CHECK(question.next() == "sourceos-agent quarantine sample");

  Question plain;
  plain.seen.phase = runtime::AgentPhase::running;
  CHECK(plain.next().empty());
  CHECK(plain.next(true) == "sourceos-agent install sample");
  plain.seen.phase = runtime::AgentPhase::failed;
  CHECK(plain.next() == "sourceos-agent logs --stderr sample");
  plain.seen.phase = runtime::AgentPhase::quarantined;
  CHECK(plain.next() == "sourceos-agent preflight sample");
}

}  // namespace sourceos::cli
