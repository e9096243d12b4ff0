#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

TEST_CASE("an unknown log key leaves the verdict and is told") {
  Scene scene;
  std::erase_if(scene.trust.keys, [](const auto& key) { return key.role == bundle::KeyRole::log; });
  const auto verdict = judged(scene);
  CHECK(verdict.words == "verified");
  CHECK(outcome_of(verdict, "log-proof") == "unverifiable untrusted-key");
  CHECK(verdict.sequence == verify::Axis::unverifiable);
}

TEST_CASE("a log key that was compromised later counts under its last good checkpoint") {
  Scene scene;
  verify::LastGood good{scene.bundle.record["sequence"]["logId"].get<std::string>(), 11,
                        scene.bundle.checkpoint.root};
  scene.key('l').revocation = verify::Revocation{verify::RevocationReason::compromised,
                                                 UtcTime::from_seconds(1'770'000'000), good};
  CHECK(judged(scene).words == "verified");
  scene.key('l').revocation->last_good.reset();
  CHECK(told(judged(scene)) == "failed (key-revoked)");
}
