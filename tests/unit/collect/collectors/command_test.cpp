#include "collect/collectors/builtin.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace sourceos;
using namespace sourceos::collect;

TEST_CASE("a command runs when its output is read; how it ended comes after") {
  CollectFixture fixture;
  fixture.answer(tests::exited(3, "what it said\n"));
  const auto outcome = fixture.run(command_collector(), {{"argv", {"demo", "--x"}}});
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::ok);
  CHECK(fixture.fake.processes.requests.empty());
  SourceEnd end;
  CHECK(content_of(*fixture.find({"command", "output"}), &end) == "what it said\n");
  CHECK(end.cut.empty());  // the program's own word, and all of it
  const json::Value document = fixture.json_at({"command", "result.json"});
  CHECK(document["argv"] == json::Value({"demo", "--x"}));
  CHECK(document["exitCode"] == 3);
  CHECK(document["status"] == "exited");
  REQUIRE(fixture.fake.processes.requests.size() == 1);
  CHECK(fixture.fake.processes.requests[0].join_error_output);
  CHECK(fixture.find({"command", "output"})->path < fixture.find({"command", "result.json"})->path);
}

TEST_CASE("every way to end has its words") {
  struct Case {
    host::ProcessEnd end;
    int status;
    const char* word;
  };
  for (const Case& one :
       {Case{host::ProcessEnd::timed_out, 124, "timeout"}, Case{host::ProcessEnd::missing, 127, "missing"},
        Case{host::ProcessEnd::signalled, 9, "signalled"}}) {
    CollectFixture fixture;
    host::ProcessOutcome ended;
    ended.end = one.end;
    ended.status = one.status;
    fixture.answer(ended);
    REQUIRE(fixture.run(command_collector(), {{"argv", {"demo"}}}));
    (void)fixture.text({"command", "output"});
    CHECK(fixture.json_at({"command", "result.json"})["status"] == one.word);
  }
}

TEST_CASE("the result waits for an output that another thread reads") {
  CollectFixture fixture;
  fixture.answer(tests::exited(0, "x"));
  REQUIRE(fixture.run(command_collector(), {{"argv", {"demo"}}}));
  Artifact& output = *fixture.find({"command", "output"});
  std::thread reader([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    (void)content_of(output);
  });
  CHECK(fixture.json_at({"command", "result.json"})["exitCode"] == 0);
  reader.join();
}

TEST_CASE("an output that nobody reads leaves a result that says so") {
  CollectFixture fixture;
  REQUIRE(fixture.run(command_collector(), {{"argv", {"demo"}}}));
  fixture.find({"command", "output"})->content = std::string();
  const json::Value document = fixture.json_at({"command", "result.json"});
  CHECK(document["status"] == "not-read");
  CHECK(document["exitCode"].is_null());
}

TEST_CASE("without an argument vector there is nothing to run") {
  CollectFixture fixture;
  CHECK(fixture.run(command_collector())->state == CollectorState::skipped);
}
