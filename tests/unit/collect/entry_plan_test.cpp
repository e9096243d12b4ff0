#include "collect/entry_plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/collect/fake_sources.hpp"

using namespace sourceos;

namespace {

collect::Gathered gathered(std::string name, std::vector<std::vector<std::string>> paths) {
  collect::Gathered one{.name = std::move(name), .limits = {}, .outcome = {}, .message = {}, .collection = {}};
  for (auto& path : paths) {
    one.collection.artifacts.push_back(tests::text_artifact(std::move(path), "x"));
  }
  return one;
}

}  // namespace

TEST_CASE("entries come sorted by path whichever collector made them") {
  const auto pipeline = tests::make_pipeline();
  std::vector<collect::Gathered> list;
  list.push_back(gathered("files", {{"files", "b"}, {"files", "a"}}));
  list.push_back(gathered("git", {{"facts", "git.json"}}));
  const collect::EntryPlan plan = collect::plan_entries(*pipeline, list);
  REQUIRE(plan.entries.size() == 3);
  CHECK(plan.entries[0].path == "facts/git.json");
  CHECK(plan.entries[0].collector == 1);
  CHECK(plan.entries[2].path == "files/b");
  CHECK(std::is_sorted(plan.entries.begin(), plan.entries.end(),
                       [](const auto& a, const auto& b) { return a.path < b.path; }));
}

TEST_CASE("a secret in a name is masked and names that differ only by case are told apart") {
  const auto pipeline = tests::make_pipeline();
  std::vector<collect::Gathered> list;
  list.push_back(gathered("files", {{"files", tests::planted_token()}, {"files", "A"}, {"files", "a"}}));
  const collect::EntryPlan plan = collect::plan_entries(*pipeline, list);
  for (const collect::PlannedEntry& entry : plan.entries) {
    CHECK(entry.path.find(tests::planted_token()) == std::string::npos);
  }
  CHECK(plan.entries[0].path == "files/A");
  CHECK(std::count_if(plan.entries.begin(), plan.entries.end(),
                      [](const auto& entry) { return entry.path == "files/a~2"; }) == 1);
}

TEST_CASE("a collector's finding keeps its entry") {
  const auto pipeline = tests::make_pipeline();
  std::vector<collect::Gathered> list;
  list.push_back(gathered("git", {{"facts", "git.json"}}));
  list[0].collection.findings.push_back({.rule_id = "repo-executes-code", .entry = {"facts", "git.json"}, .excerpt = {}});
  list[0].collection.findings.push_back({.rule_id = "repo-executes-code", .entry = {}, .excerpt = {}});
  const collect::EntryPlan plan = collect::plan_entries(*pipeline, list);
  CHECK(plan.paths_of_findings[0] == std::vector<std::string>{"facts/git.json", ""});
}
