#include "collect/collectors/git_document.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"

using namespace sourceos;

TEST_CASE("a state is told whole, what is not known as null") {
  host::GitState state;
  state.location.tree = "/home/a/r";
  state.branch = "main";
  state.remotes = {{"up", "https://a/x"}, {"origin", "https://a/y"}};
  state.executions = {{"core.fsmonitor", "x"}};
  const json::Value document = collect::git_state_document(state);
  CHECK(document["type"] == "GitState");
  CHECK(document["head"].is_null());
  CHECK(document["branch"] == "main");
  CHECK(document["runsCode"][0]["setting"] == "core.fsmonitor");
  const collect::GitFacts facts = collect::git_facts_of(state);
  CHECK(facts.remote == "https://a/y");
  CHECK(facts.repository == "/home/a/r");
}
