#include "collect/collectors/stream_source.hpp"

#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::collect;

namespace {

class NoStreams : public host::ProcessRunner {
 public:
  Result<host::ProcessOutcome> run(const host::ProcessRequest&) override {
    return host::missing_program();
  }
  Result<std::unique_ptr<host::ProcessStream>> start(const host::ProcessRequest&) override {
    return fail(ErrorKind::unavailable, "no-fork", "cannot fork");
  }
};

}  // namespace

TEST_CASE("a program starts with the first read, not before") {
  tests::FakeProcessRunner runner;
  runner.answer = [](const auto&) { return tests::exited(0, "output"); };
  StreamSource source(runner, {});
  REQUIRE(source.open());
  CHECK(runner.requests.empty());
  char buffer[16];
  CHECK(source.read(buffer, sizeof buffer).value() == 6);
  CHECK(source.read(buffer, sizeof buffer).value() == 0);
  CHECK(runner.requests.size() == 1);
  CHECK(source.finish()->cut.empty());
}

TEST_CASE("how a program ended is told once and marks the cut") {
  tests::FakeProcessRunner runner;
  struct Case {
    host::ProcessEnd end;
    int status;
    const char* cut;
  };
  for (const Case& one : {Case{host::ProcessEnd::exited, 0, ""}, Case{host::ProcessEnd::exited, 3, "failed"},
                          Case{host::ProcessEnd::timed_out, 124, "timeout"},
                          Case{host::ProcessEnd::missing, 127, "program-missing"}}) {
    runner.answer = [&](const auto&) {
      host::ProcessOutcome outcome;
      outcome.end = one.end;
      outcome.status = one.status;
      return outcome;
    };
    int told = 0;
    {
      StreamSource source(runner, {}, [&](const auto& outcome) {
        ++told;
        CHECK(outcome->status == one.status);
      });
      char buffer[8];
      REQUIRE(source.read(buffer, sizeof buffer));
      CHECK(source.finish()->cut == one.cut);
    }
    CHECK(told == 1);
  }
}

TEST_CASE("where the end is the answer, only a program that did not come to it is cut") {
  tests::FakeProcessRunner runner;
  const auto cut_after = [&](host::ProcessEnd end, int status) {
    runner.answer = [=](const auto&) {
      host::ProcessOutcome outcome;
      outcome.end = end;
      outcome.status = status;
      return outcome;
    };
    StreamSource source(runner, {}, {}, StreamSource::OtherEnd::is_answer);
    char buffer[8];
    REQUIRE(source.read(buffer, sizeof buffer));
    return source.finish()->cut;
  };
  CHECK(cut_after(host::ProcessEnd::exited, 3).empty());
  CHECK(cut_after(host::ProcessEnd::signalled, 9).empty());
  CHECK(cut_after(host::ProcessEnd::timed_out, 124) == "timeout");
  CHECK(cut_after(host::ProcessEnd::missing, 127) == "program-missing");
}

TEST_CASE("a program that cannot be started gives nothing and says so") {
  NoStreams runner;
  std::string reason;
  StreamSource source(runner, {}, [&](const auto& outcome) { reason = outcome.error().reason; });
  char buffer[8];
  CHECK(source.read(buffer, sizeof buffer).value() == 0);
  CHECK(source.read(buffer, sizeof buffer).value() == 0);
  CHECK(source.finish()->cut == "failed");
  CHECK(reason == "no-fork");
}

TEST_CASE("an output that nobody reads is told too") {
  tests::FakeProcessRunner runner;
  std::string reason;
  { StreamSource source(runner, {}, [&](const auto& outcome) { reason = outcome.error().reason; }); }
  CHECK(reason == "not-read");
}

TEST_CASE("a program's time is a little less than its collector's") {
  tests::FakeHost fake;
  host::ToolFinder tools(fake.host.environment);
  const json::Value options = json::Value::object();
  CollectContext context{
      .host = fake.host, .tools = tools, .options = options, .scratch = {}, .directory = {}};
  context.timeout_ms = 30'000;
  CHECK(stream_timeout_ms(context) == 28'000);
  context.timeout_ms = 1'000;
  CHECK(stream_timeout_ms(context) == 900);
  context.timeout_ms = 0;
  CHECK(stream_timeout_ms(context) == 1);
}
