#include "collect/collectors/builtin.hpp"
#include "host/environment.hpp"
#include "host/posix_process_runner.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"
#include "tests/unit/host/tools/git_fixture.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::collect;

namespace {

// The fake host with the real git.
Result<CollectorOutcome> run(CollectFixture& fixture, host::GitFixture& git, json::Value options) {
  fixture.fake.processes.answer = [&](const host::ProcessRequest& request) {
    return git.runner().run(request).value();
  };
  return fixture.run(git_collector(), std::move(options));
}

}  // namespace

TEST_CASE("a repository's state is facts, a lesson and a row of the record") {
  host::GitFixture git;
  git.make_repository();
  git.git({"remote", "add", "origin", "https://user@git.example/demo.git"});
  git.git({"config", "core.fsmonitor", "/bin/false"});
  git.write("a.txt", "changed\n");
  CollectFixture fixture;
  const auto outcome = run(fixture, git, {{"paths", {git.tree().string()}}});
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::ok);
  const json::Value document = fixture.json_at({"git", "tree.json"});
  CHECK(document["type"] == "GitState");
  CHECK(document["layout"] == "work-tree");
  CHECK(document["branch"] == "main");
  CHECK(document["dirty"] == true);
  CHECK(document["changes"][0]["path"] == "a.txt");
  CHECK(document["remotes"][0]["name"] == "origin");
  CHECK(document["runsCode"][0]["setting"] == "core.fsmonitor");
  CHECK(fixture.has_finding("repo-executes-code"));
  REQUIRE(fixture.found.lessons.size() == 1);
  CHECK(fixture.found.lessons[0].teacher == Teacher::hostile_source);
  REQUIRE(fixture.found.facts.git);
  CHECK(fixture.found.facts.git->remote == "https://user@git.example/demo.git");
  CHECK(fixture.found.facts.git->dirty == true);
}

TEST_CASE("the repository above the directory is taken when none is named") {
  host::GitFixture git;
  git.make_repository();
  git.write("deep/er/x.txt", "x\n");
  git.commit_all();
  CollectFixture fixture;
  fixture.directory = git.tree() / "deep/er";
  REQUIRE(run(fixture, git, json::Value::object()));
  CHECK(fixture.found.facts.git->repository == git.tree().string());
  CHECK_FALSE(fixture.has_finding("repo-executes-code"));
}

TEST_CASE("no repository is a gap when none was named and an error when one was") {
  CollectFixture fixture;
  const auto skipped = fixture.run(git_collector());
  REQUIRE(skipped);
  CHECK(skipped->state == CollectorState::skipped);
  CHECK(skipped->reason == "not-a-repository");
  CHECK_FALSE(fixture.found.facts.git);
  const auto failed = fixture.run(git_collector(), {{"paths", {"."}}});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().reason == "not-a-repository");
}

TEST_CASE("a repository is told as far as possible when git is missing") {
  host::GitFixture git;
  git.make_repository();
  CollectFixture fixture;
  const auto outcome = fixture.run(git_collector(), {{"paths", {git.tree().string()}}});
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::truncated);
  CHECK(outcome->reason == "git-incomplete");
  CHECK(fixture.found.facts.git->branch == "main");
  CHECK_FALSE(fixture.found.facts.git->dirty);
}
