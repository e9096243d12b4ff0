#include "cli/app.hpp"

#include "cli/console.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

struct Answer {
  int status = -1;
  std::string output;
  std::string error_text;
};

Answer call(const std::vector<std::string>& argv) {
  tests::FakeHost fake;
  fake.host.environment.test_seams = false;
  host::ToolFinder tools(fake.host.environment);
  StringConsole console;
  const int status = run(argv, fake.host, tools, console);
  return {status, console.output, console.error_text};
}

json::Value parsed(const std::string& text) {
  auto value = json::parse(text);
  REQUIRE(value.has_value());
  return *value;
}

}  // namespace

TEST_CASE("the program goes by the name it was called by") {
  CHECK(call({"/usr/bin/sourceos", "--version"}).output.starts_with("sourceos "));
  CHECK(call({"sourceos-agent", "--version"}).output.starts_with("sourceos-agent "));
  CHECK(call({"anything-else", "--version"}).output.starts_with("sourceosctl "));
}

TEST_CASE("a version is answered before a host is made") {
  StringConsole console;
  int status = -1;
  CHECK(answer_without_host({"sourceosctl", "--version"}, console, status));
  CHECK(status == 0);
  CHECK(console.output.starts_with("sourceosctl "));
  CHECK_FALSE(answer_without_host({"sourceosctl", "evidence"}, console, status));
}

TEST_CASE("help goes to standard output and exits 0") {
  const Answer answer = call({"sourceosctl", "--help"});
  CHECK(answer.status == 0);
  CHECK(answer.output.starts_with("sourceosctl - "));
  CHECK(answer.error_text.empty());
}

TEST_CASE("a usage error exits 2, says nothing on standard output and ends with the next command") {
  const Answer answer = call({"sourceosctl", "completoin", "bash"});
  CHECK(answer.status == 2);
  CHECK(answer.output.empty());
  CHECK(answer.error_text ==
        "sourceosctl: unknown command 'completoin'; did you mean 'completion'? (usage)\n"
        "  next: sourceosctl --help\n");
}

TEST_CASE("with --json an error is one document on standard output") {
  for (const std::vector<std::string>& argv :
       {std::vector<std::string>{"sourceosctl", "--json", "nonsense"},
        {"sourceosctl", "completion", "--json", "--nonsense"},
        {"sourceosctl", "completion", "powershell", "--json"}}) {
    const Answer answer = call(argv);
    CHECK(answer.status == 2);
    const json::Value document = parsed(answer.output);
    CHECK(document["schema"] == "sourceos.error/v1");
    CHECK(document["exitCode"] == 2);
    CHECK(document["result"] == "usage");
    CHECK(answer.error_text.empty());
  }
}

TEST_CASE("help and version have a JSON form too") {
  CHECK(parsed(call({"sourceosctl", "--help", "--json"}).output)["schema"] == "sourceos.help/v1");
  CHECK(parsed(call({"sourceosctl", "--json", "--version"}).output)["program"] == "sourceosctl");
}

TEST_CASE("terminal control in an argument is not sent back") {
  const Answer answer = call({"sourceosctl", "\x1b]0;title\x07"});
  CHECK(answer.error_text.find('\x1b') == std::string::npos);
}
