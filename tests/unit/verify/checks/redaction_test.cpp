#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos::tests;

TEST_CASE("claims that agree with each other pass, and are called claims") {
  Scene scene;
  const auto verdict = judged(scene);
  CHECK(verdict.find("redaction")->detail == "claimed complete");
  CHECK(verdict.safety_words.starts_with("claimed; "));
}
