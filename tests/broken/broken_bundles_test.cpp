// Every bundle that is broken on purpose is found, and the reason is named.
#include "tests/broken/cases.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace sourceos;
using namespace sourceos::tests;

namespace {

std::string text_of(const verify::Verdict& verdict) {
  std::string out = verdict.words + " " + verdict.reason;
  for (const verify::CheckResult& check : verdict.checks) {
    if (check.outcome != verify::CheckOutcome::pass) {
      out += "\n  " + std::string(check.name) + " " + std::string(to_string(check.outcome)) + " " +
             check.reason + " | " + check.member + " | " + check.detail;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("the bundle that all broken ones are made of is verified in every way") {
  for (const bool as_tar : {false, true}) {
    const TemporaryDirectory directory;
    Scene scene;
    scene.as_tar = as_tar;
    scene.has_memory = true;
    const verify::Verdict verdict = judge(scene, lay_down(scene, directory.path()), directory / "memory");
    CAPTURE(text_of(verdict));
    CHECK(verdict.words == "verified");
    CHECK(verdict.integrity == verify::Axis::pass);
    CHECK(verdict.trust == verify::Axis::pass);
    CHECK(verdict.completeness == verify::Axis::pass);
    CHECK(verdict.safety == verify::Axis::pass);
    CHECK(verdict.sequence == verify::Axis::pass);
  }
}

TEST_CASE("every bundle broken on purpose is found and its reason named") {
  std::set<std::string_view> names;
  for (const BrokenCase& broken : broken_cases()) {
    CAPTURE(broken.name);
    CHECK(names.insert(broken.name).second);
    const TemporaryDirectory directory;
    Scene scene;
    broken.break_it(scene);
    const verify::Verdict verdict = judge(scene, lay_down(scene, directory.path()), directory / "memory");
    CAPTURE(text_of(verdict));
    CHECK(verdict.decision == broken.decision);
    const verify::CheckResult* check = verdict.find(broken.check);
    REQUIRE(check != nullptr);
    CHECK(check->reason == broken.reason);
    if (broken.decision != verify::Decision::verified) {
      CHECK(verdict.words != "verified");
    }
    // The case breaks one thing: the reason of the verdict is that of its check. Where the same
    // fault shows earlier in the order, the earlier check tells the same reason.
    if (broken.decision == verify::Decision::failed) {
      CHECK(verdict.reason == broken.reason);
    }
  }
  CHECK(names.size() >= 60);
}

TEST_CASE("every stable reason that verify knows is produced by a broken bundle") {
  std::set<std::string_view> reasons;
  for (const BrokenCase& broken : broken_cases()) {
    reasons.insert(broken.reason);
  }
  for (const std::string_view reason :
       {"digest-mismatch",   "unlisted-member",  "missing-member",       "untrusted-key",
        "key-expired",       "key-revoked",      "threshold",            "bad-signature",
        "malformed",         "limit",            "log-fork",             "log-proof",
        "schema",            "spec-version",     "path-unsafe",          "index-order",
        "duplicate-member",  "descriptor",       "record-mismatch",      "payload-mismatch",
        "key-not-yet-valid", "key-role",         "trust-expired",        "trust-rollback",
        "redaction-incomplete", "screen-hit",    "residual-secret",      "receipt-safety",
        "withheld",          "test-seams",       "policy:expect"}) {
    CAPTURE(reason);
    CHECK(reasons.contains(reason));
  }
}

TEST_CASE("the same seeds make the same bundle") {
  CHECK(ForgedBundle().files == ForgedBundle().files);
}
