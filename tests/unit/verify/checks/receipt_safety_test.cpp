#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos::tests;

TEST_CASE("sealed originals that are there and are told of agree") {
  Scene scene;
  scene.bundle.members.emplace_back("sealed/facts/git.json.age", "age-encryption.org/v1");
  scene.bundle.record["receiptSafety"]["includeRawContent"] = true;
  scene.bundle.after_members();
  CHECK(judged(scene).words == "verified");
}
