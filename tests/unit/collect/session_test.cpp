#include "collect/session.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/unit/collect/fake_sources.hpp"

using namespace sourceos;

namespace {

collect::SessionOptions minimal(const tests::FakeHost& fake) {
  collect::SessionOptions options;
  options.store = fake.home / "evidence";
  options.argv = {"sourceosctl", "evidence", "collect", "--note", "token=" + tests::planted_token()};
  options.command_path = {"evidence", "collect"};
  options.toolkit_version = "0.0.1";
  options.plan = collect::preset("minimal").value();
  return options;
}

Result<collect::SessionReport> run(tests::FakeHost& fake, collect::SessionOptions options) {
  host::ToolFinder tools(fake.host.environment);
  SOURCEOS_TRY_ASSIGN(collect::Session session,
                      collect::Session::begin(fake.host, tools, std::move(options)));
  SOURCEOS_TRY(session.collect());
  return session.seal({});
}

}  // namespace

TEST_CASE("a session makes a bundle whose record says what was run") {
  tests::FakeHost fake;
  const auto report = run(fake, minimal(fake));
  REQUIRE_MESSAGE(report.has_value(), report.error().read_out());
  CHECK(report->seq == 1);
  const json::Value record = json::Value::parse(report->record);
  CHECK(record["command"]["path"] == json::Value::parse(R"(["evidence","collect"])"));
  CHECK(record["testSeams"] == true);
  CHECK(record["nonClaims"].size() >= 1);
  CHECK(report->record.find(tests::planted_token()) == std::string::npos);
}

TEST_CASE("the second bundle names the first") {
  tests::FakeHost fake;
  const auto first = run(fake, minimal(fake)).value();
  const auto second = run(fake, minimal(fake)).value();
  const json::Value record = json::Value::parse(second.record);
  CHECK(record["sequence"]["previous"] == first.id.text());
  CHECK(record["sequence"]["seq"] == 2);
}

TEST_CASE("same host, clock, key and seed give the same bundle") {
  tests::FakeHost one("same");
  tests::FakeHost two("same");
  two.host.environment.home = one.host.environment.home;
  collect::SessionOptions first = minimal(one);
  collect::SessionOptions second = minimal(two);
  first.plan = second.plan = {};
  first.plan.collector("host");
  second.plan.collector("host");
  const auto a = run(one, std::move(first));
  const auto b = run(two, std::move(second));
  REQUIRE(a.has_value());
  REQUIRE(b.has_value());
  CHECK(a->id == b->id);
}

TEST_CASE("an intent is in the log before and named by the bundle after") {
  tests::FakeHost fake;
  host::ToolFinder tools(fake.host.environment);
  collect::SessionOptions options = minimal(fake);
  options.mode = bundle::Mode::apply;
  auto session = collect::Session::begin(fake.host, tools, std::move(options)).value();
  REQUIRE(session.intend({{"command", "stop"}, {"subject", {{"kind", "agent"}, {"ref", "x"}}}}).has_value());
  REQUIRE(session.collect().has_value());
  const auto report = session.seal({}).value();
  CHECK(json::Value::parse(report.record)["sequence"]["intent"] == 1);
  CHECK(report.seq == 2);
}

TEST_CASE("a store that cannot be made refuses before anything is collected") {
  tests::FakeHost fake;
  collect::SessionOptions options = minimal(fake);
  options.store = fake.home.write("a-file", "x") / "evidence";
  CHECK_FALSE(run(fake, std::move(options)).has_value());
}
