#include "host/tools/answer.hpp"

#include "host/recorded_process_runner.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::host;

namespace {

class Remember : public ProcessRunner {
 public:
  Result<ProcessOutcome> run(const ProcessRequest& request) override {
    asked = request;
    return ProcessOutcome{};
  }
  Result<std::unique_ptr<ProcessStream>> start(const ProcessRequest&) override {
    return fail(ErrorKind::unavailable, "none", "no streams here");
  }
  ProcessRequest asked;
};

}  // namespace

TEST_CASE("tools are asked in a plain locale and in UTC") {
  Remember runner;
  const auto answer = ask(runner, {"tool", "--version"}, 1234, 99);
  REQUIRE(answer);
  CHECK(answer->argv == std::vector<std::string>{"tool", "--version"});
  CHECK(runner.asked.timeout_ms == 1234);
  CHECK(runner.asked.output_bytes_max == 99);
  CHECK(runner.asked.environment == plain_locale());
}

TEST_CASE("an error of the runner is passed up") {
  PlayingProcessRunner runner(std::vector<RecordedCommand>{{{"tool", "a"}, {}}});
  CHECK_FALSE(ask(runner, {"tool", "b"}));
}

TEST_CASE("an answer that is no text is spelled out, and text is left as it is") {
  ProcessOutcome outcome;
  outcome.output = std::string("a\xff\0b", 4);
  outcome.error_output = "fine: \xc3\xa4\n";
  const ProcessOutcome shown = as_text(outcome);
  CHECK(shown.output == "a\\xff\\x00b");
  CHECK(shown.error_output == outcome.error_output);
}
