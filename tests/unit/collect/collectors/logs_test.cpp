#include "collect/collectors/builtin.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace sourceos;
using namespace sourceos::collect;

TEST_CASE("a log comes with its rotated siblings and with no other file") {
  CollectFixture fixture;
  for (const char* name : {"app.log", "app.log.1", "app.log.2.gz", "app.log-20260101.xz",
                           "app.log.old", "app.log.gz", "app.log.conf", "app.logger", "other.log"}) {
    fixture.fake.home.write(std::string("logs/") + name, name);
  }
  const auto outcome = fixture.run(logs_collector(), {{"paths", {"logs/app.log"}}});
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::ok);
  CHECK(fixture.found.artifacts.size() == 6);
  CHECK(fixture.text({"logs", "app.log.2.gz"}) == "app.log.2.gz");
  CHECK(fixture.find({"logs", "app.log"})->keep == Keep::head_and_tail);
  CHECK(fixture.find({"logs", "app.log"})->kind == EntryKind::log);
  CHECK(fixture.find({"logs", "app.log.conf"}) == nullptr);
}

TEST_CASE("patterns and directories name logs, each once") {
  CollectFixture fixture;
  for (const char* name : {"logs/a.log", "logs/a.log.1", "logs/b.log", "dir/x/c.log"}) {
    fixture.fake.home.write(name, name);
  }
  const auto outcome = fixture.run(logs_collector(), {{"paths", {"logs/*", "dir"}}});
  REQUIRE(outcome);
  CHECK(fixture.found.artifacts.size() == 4);
  CHECK(fixture.text({"logs", "dir", "x", "c.log"}) == "dir/x/c.log");
}

TEST_CASE("a log that is a link or no file is a finding and not read") {
  CollectFixture fixture;
  fixture.fake.home.write("secret", "x");
  std::filesystem::create_symlink("secret", fixture.fake.home / "app.log");
  REQUIRE(::mkfifo((fixture.fake.home / "pipe.log").c_str(), 0600) == 0);
  const auto outcome = fixture.run(logs_collector(), {{"paths", {"app.log", "pipe.log"}}});
  REQUIRE(outcome);
  CHECK(fixture.found.findings.size() == 2);
  CHECK(fixture.has_finding("log-not-own-file"));
  REQUIRE(fixture.found.artifacts.size() == 1);
  const json::Value document = fixture.json_at({"logs", "not-read.json"});
  CHECK(document["files"][0]["reason"] == "link");
  CHECK(document["files"][0]["target"] == "secret");
  CHECK(document["files"][1]["reason"] == "fifo");
}

TEST_CASE("another's log under a further name is a finding and not read") {
  CollectFixture fixture;
  const auto path = fixture.fake.home.write("a", "x");
  std::filesystem::create_hard_link(path, fixture.fake.home / "app.log");
  fixture.fake.host.environment.uid += 1;
  CHECK(fixture.run(logs_collector(), {{"paths", {"app.log"}}}));
  CHECK(fixture.has_finding("log-not-own-file"));
  CHECK(fixture.find({"logs", "app.log"}) == nullptr);
}

TEST_CASE("a log that is not there is told") {
  CollectFixture fixture;
  const auto outcome = fixture.run(logs_collector(), {{"paths", {"none.log", "no/*.log"}}});
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::truncated);
  CHECK(outcome->reason == "input-missing");
}

TEST_CASE("journals and container output are read as streams") {
  CollectFixture fixture;
  fixture.fake.processes.answer = [](const host::ProcessRequest& request) {
    return tests::exited(0, "from " + request.argv[0]);
  };
  const auto outcome = fixture.run(
      logs_collector(), {{"journal_user_units", {"demo.service"}}, {"containers", {"demo"}}});
  REQUIRE(outcome);
  CHECK(fixture.fake.processes.requests.empty());
  CHECK(fixture.text({"logs", "journal", "user", "demo.service.export"}) == "from journalctl");
  CHECK(fixture.text({"logs", "podman", "demo.log"}) == "from podman");
}

TEST_CASE("without a source there is nothing to do") {
  CollectFixture fixture;
  CHECK(fixture.run(logs_collector())->state == CollectorState::skipped);
}
