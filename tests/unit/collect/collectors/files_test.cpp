#include "collect/collectors/builtin.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::collect;

TEST_CASE("files and trees that were named are collected") {
  CollectFixture fixture;
  fixture.fake.home.write("tree/a.txt", "a");
  fixture.fake.home.write("single.txt", "s");
  const auto outcome =
      fixture.run(files_collector(), {{"paths", {"tree", "~/single.txt"}}});
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::ok);
  CHECK(fixture.text({"files", "tree", "a.txt"}) == "a");
  CHECK(fixture.text({"files", "single.txt"}) == "s");
  CHECK(fixture.find({"files", "single.txt"})->kind == EntryKind::file);
  CHECK(fixture.find({"files", "single.txt"})->keep == Keep::head);
}

TEST_CASE("a path that does not exist is told and the others are collected") {
  CollectFixture fixture;
  fixture.fake.home.write("a.txt", "a");
  auto outcome = fixture.run(files_collector(), {{"paths", {"missing", "a.txt"}}});
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::truncated);
  CHECK(outcome->reason == "input-missing");
  CHECK(fixture.find({"files", "a.txt"}) != nullptr);
  CHECK(fixture.json_at({"files", "not-read.json"})["count"] == 1);

  outcome = fixture.run(files_collector(), {{"paths", {"missing"}}});
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::failed);
}

TEST_CASE("a link that was named is not followed") {
  CollectFixture fixture;
  fixture.fake.home.write("a.txt", "a");
  std::filesystem::create_symlink("a.txt", fixture.fake.home / "link");
  const auto outcome = fixture.run(files_collector(), {{"paths", {"link"}}});
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::failed);
  CHECK(outcome->reason == "link");
}

TEST_CASE("more files than the limit end the walk with an error, none is lost that came before") {
  CollectFixture fixture;
  for (int i = 0; i < 10; ++i) {
    fixture.fake.home.write("tree/" + std::to_string(i), "x");
  }
  const auto outcome = fixture.run(files_collector(), {{"paths", {"tree"}}}, 5);
  CHECK(fixture.found.artifacts.size() == 5);
  CHECK((!outcome || outcome->state != CollectorState::ok));
}

TEST_CASE("a tree that goes deeper than the limit is cut, and the collector says so") {
  CollectFixture fixture;
  std::string path = "tree/";
  for (int i = 0; i < 200; ++i) {
    path += "d/";
  }
  fixture.fake.home.write(path + "leaf", "x");
  fixture.fake.home.write("tree/a.txt", "a");
  const auto outcome = fixture.run(files_collector(), {{"paths", {"tree"}}});
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::truncated);
  CHECK(outcome->reason == "depth-limit");
  CHECK(fixture.text({"files", "tree", "a.txt"}) == "a");
}

TEST_CASE("a collector whose time is up says so") {
  CollectFixture fixture;
  fixture.deadline = std::chrono::steady_clock::now();
  const auto outcome = fixture.run(files_collector(), {{"paths", {"."}}});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::timeout);
}

TEST_CASE("without a path there is nothing to do") {
  CollectFixture fixture;
  CHECK(fixture.run(files_collector())->state == CollectorState::skipped);
}
