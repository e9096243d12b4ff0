#include "collect/gather.hpp"

#include <doctest/doctest.h>

#include "core/limits.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"

using namespace sourceos;

TEST_CASE("collectors come back in the plan's order with what they found") {
  tests::FakeHost fake;
  host::ToolFinder tools(fake.host.environment);
  const collect::Plan plan = collect::preset("minimal").value();
  const auto gathered = collect::gather(fake.host, tools, plan, fake.home / "scratch").value();
  REQUIRE(gathered.size() == plan.collectors.size());
  CHECK(gathered[0].name == "host");
  CHECK(gathered[0].outcome.state == collect::CollectorState::ok);
  CHECK_FALSE(gathered[0].collection.artifacts.empty());
}

TEST_CASE("a collector that fails is a fact and the others go on") {
  tests::FakeHost fake;
  host::ToolFinder tools(fake.host.environment);
  collect::Plan plan = collect::preset("minimal").value();
  plan.collector("files").options_json = R"({"paths":["/no/such/place"]})";
  const auto gathered = collect::gather(fake.host, tools, plan, fake.home / "scratch").value();
  CHECK(gathered.back().name == "files");
  CHECK(gathered.back().outcome.state != collect::CollectorState::ok);
  CHECK(gathered.front().outcome.state == collect::CollectorState::ok);
}

TEST_CASE("an option that a collector does not know is refused before anything runs") {
  tests::FakeHost fake;
  host::ToolFinder tools(fake.host.environment);
  collect::Plan plan;
  plan.collector("host").options_json = R"({"nonsense":1})";
  CHECK(collect::gather(fake.host, tools, plan, fake.home / "scratch").error().kind == ErrorKind::usage);
}

TEST_CASE("an interrupt ends gathering") {
  tests::FakeHost fake;
  host::ToolFinder tools(fake.host.environment);
  const volatile int flag = 1;
  fake.host.interrupted = &flag;
  const collect::Plan plan = collect::preset("minimal").value();
  CHECK(collect::gather(fake.host, tools, plan, fake.home / "scratch").error().kind ==
        ErrorKind::interrupted);
}
