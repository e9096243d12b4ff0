#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

TEST_CASE("a record needs no trusted signature to be judged") {
  Scene scene;
  scene.bundle.signers = "";
  scene.bundle.after_payload();
  const auto verdict = judged(scene);
  CHECK(outcome_of(verdict, "record") == "pass");
  CHECK(outcome_of(verdict, "content") == "pass");
}

TEST_CASE("rows that are known sometimes may be absent") {
  Scene scene;
  for (const char* row : {"workspaceId", "profileRef", "profileHash", "authRedacted", "nonce",
                          "recipients", "case", "examiner", "note"}) {
    scene.bundle.record.erase(row);
  }
  scene.bundle.after_record();
  CHECK(judged(scene).words == "verified");
}
