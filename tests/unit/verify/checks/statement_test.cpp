#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

TEST_CASE("without trust a statement about something else is not called intact") {
  Scene scene;
  scene.trust_source = verify::Trust::Source::none;
  scene.options.allow_untrusted = true;
  scene.bundle.payload = replaced(scene.bundle.payload, "read-only", "apply");
  scene.bundle.after_payload();
  const auto verdict = judged(scene);
  CHECK(outcome_of(verdict, "statement") == "unverifiable record-mismatch");
  CHECK(told(verdict) == "unverifiable (untrusted-key)");
}
