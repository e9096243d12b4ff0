#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos::tests;

TEST_CASE("what is wrong with the index itself comes before what its layers say") {
  Scene scene;
  scene.bundle.members[0].first = "../git.json";
  scene.bundle.after_members();
  const auto verdict = judged(scene);
  CHECK(outcome_of(verdict, "paths") == "fail path-unsafe");
  CHECK(outcome_of(verdict, "content") == "skipped needs an index in order");
  CHECK(outcome_of(verdict, "members") == "skipped needs content");
}

TEST_CASE("a bundle without entries is a bundle") {
  Scene scene;
  scene.bundle.members.clear();
  scene.bundle.record["redaction"]["byRule"] = sourceos::json::Value::array();
  scene.bundle.after_members();
  // Its one layer is the index.
  const auto verdict = judged(scene);
  CHECK(outcome_of(verdict, "members") == "fail descriptor");
}
