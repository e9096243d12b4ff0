#include "verify/verify.hpp"

#include "bundle/layout.hpp"
#include "tests/unit/verify/judging.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;
using verify::Axis;
using verify::Decision;

TEST_CASE("the word verified stands alone only for full, trusted and complete") {
  Scene scene;
  CHECK(judged(scene).words == "verified");

  Scene fast;
  fast.options.level = verify::Level::stored;
  const verify::Verdict stored = judged(fast);
  CHECK(stored.decision == Decision::verified);
  CHECK(stored.words == "verified (stored bytes only)");
  CHECK(stored.safety == Axis::unverifiable);
  CHECK(stored.completeness == Axis::unverifiable);
  CHECK(stored.integrity == Axis::pass);

  Scene incomplete;
  incomplete.bundle.lines[0] = replaced(
      replaced(incomplete.bundle.lines[0], "\"complete\":true", "\"complete\":false"),
      "\"limits\":[]", "\"limits\":[\"decode-depth\"]");
  incomplete.bundle.record["redaction"]["complete"] = false;
  incomplete.bundle.after_lines();
  const verify::Verdict partial = judged(incomplete);
  CHECK(partial.decision == Decision::verified);
  CHECK(partial.words == "verified (redaction incomplete)");
  CHECK(partial.completeness == Axis::fail);
}

TEST_CASE("without trust a bundle is unverifiable, and intact when that is asked for") {
  Scene scene;
  scene.trust_source = verify::Trust::Source::none;
  const verify::Verdict verdict = judged(scene);
  CHECK(told(verdict) == "unverifiable (untrusted-key)");
  CHECK(verdict.integrity == Axis::pass);
  CHECK(verdict.trust == Axis::unverifiable);

  Scene allowed;
  allowed.trust_source = verify::Trust::Source::none;
  allowed.options.allow_untrusted = true;
  CHECK(judged(allowed).words == "intact, not trusted");

  Scene broken;
  broken.trust_source = verify::Trust::Source::none;
  broken.options.allow_untrusted = true;
  broken.bundle.files["extra"] = "x";
  CHECK(told(judged(broken)) == "failed (unlisted-member)");
}

TEST_CASE("own keys make a verdict that is not independent") {
  Scene scene;
  scene.trust_source = verify::Trust::Source::self;
  const verify::Verdict verdict = judged(scene);
  CHECK(verdict.decision == Decision::verified);
  CHECK(verdict.trust_source == "self");
  CHECK_FALSE(verdict.independent);
}

TEST_CASE("a failed check does not stop those that have their input") {
  Scene scene;
  scene.bundle.files["extra"] = "x";
  const verify::Verdict verdict = judged(scene);
  CHECK(outcome_of(verdict, "unlisted") == "fail unlisted-member");
  CHECK(outcome_of(verdict, "signature") == "pass");
  CHECK(outcome_of(verdict, "content") == "pass");
  CHECK(outcome_of(verdict, "log-proof") == "pass");
}

TEST_CASE("a check without input is skipped and says what it needs") {
  Scene scene;
  scene.bundle.files.erase("index.json");
  const verify::Verdict verdict = judged(scene);
  CHECK(outcome_of(verdict, "manifest") == "skipped needs index.json");
  CHECK(outcome_of(verdict, "record") == "skipped needs descriptors");
  CHECK(verdict.safety_words == "claimed; not screened");
}

TEST_CASE("a screen hit fails safety and leaves integrity as it is") {
  Scene scene;
  scene.bundle.members[1].second =
      std::string("AK") + "IA" + "QWERTYUIOPASDFGH" + "\n";
  scene.bundle.after_members();
  const verify::Verdict verdict = judged(scene);
  CHECK(verdict.decision == Decision::failed);
  CHECK(verdict.integrity == Axis::pass);
  CHECK(verdict.safety == Axis::fail);
  CHECK(verdict.safety_words == "claimed; screen v1: hit");
}

TEST_CASE("only an intact bundle may be adopted by a store") {
  const TemporaryDirectory directory;
  Scene scene;
  const auto layout = *bundle::open_layout(lay_down(scene, directory.path()));
  verify::VerifyOptions options = scene.options;
  const auto intact = verify::verify(*layout, options);
  REQUIRE(intact.bundle.has_value());
  CHECK(intact.bundle->id() == scene.bundle.id());
  CHECK(intact.bundle->log_id() == scene.bundle.record["sequence"]["logId"]);
  options.level = verify::Level::stored;
  CHECK_FALSE(verify::verify(*layout, options).bundle.has_value());

  const TemporaryDirectory other;
  Scene broken;
  broken.bundle.files["extra"] = "x";
  const auto broken_layout = *bundle::open_layout(lay_down(broken, other.path()));
  CHECK_FALSE(verify::verify(*broken_layout, scene.options).bundle.has_value());
}

TEST_CASE("the verdict is the same however many threads look") {
  Scene one;
  Scene many;
  one.options.jobs = 1;
  many.options.jobs = 8;
  const verify::Verdict a = judged(one);
  const verify::Verdict b = judged(many);
  REQUIRE(a.checks.size() == b.checks.size());
  for (std::size_t i = 0; i < a.checks.size(); ++i) {
    CHECK(a.checks[i].outcome == b.checks[i].outcome);
    CHECK(a.checks[i].detail == b.checks[i].detail);
  }
}

TEST_CASE("facts of the bundle stand in the verdict") {
  Scene scene;
  const verify::Verdict verdict = judged(scene);
  CHECK(verdict.bundle == scene.bundle.id());
  CHECK(verdict.subject == "local");
  CHECK(verdict.sequence_number == 7);
  CHECK(verdict.anchor == "not anchored: the sequence is the host's own word");
  REQUIRE(verdict.signatures.size() == 1);
  CHECK(verdict.signatures[0].status == "counts");
  CHECK(verdict.signatures[0].holder == "holder-b");
}
