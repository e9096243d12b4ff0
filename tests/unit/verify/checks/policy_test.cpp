#include "bundle/key.hpp"
#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

TEST_CASE("a bundle that meets every demand passes") {
  Scene scene;
  scene.has_policy = true;
  scene.has_memory = true;
  verify::Policy& policy = scene.policy;
  policy.name = "all of it";
  policy.require_log = true;
  policy.require_consistent_log = true;
  policy.require_independent = true;
  policy.require_complete = true;
  policy.require_nonce = true;
  policy.deny_test_seams = true;
  policy.deny_high_findings = true;
  policy.max_age_seconds = 365 * 86'400;
  policy.require_collectors = {"host"};
  policy.require_time_basis = {"claimed", "order"};
  policy.modes = {"read-only"};
  policy.key_custody = {"file"};
  policy.tools = {{"git", "2.9", ""}, {"git", "2.39.0", bundle::sha256("git").text()}};
  policy.subject_keys = {{"loc*", {bundle::spki_digest(signer('b').public_key())}}};
  scene.options.nonce = std::string(32, '0');
  scene.options.subject = "local";
  scene.options.expect = scene.bundle.id();
  const auto verdict = judged(scene);
  CHECK(outcome_of(verdict, "policy") == "pass");
  CHECK(verdict.words == "verified");
}

TEST_CASE("a subject that no rule names is signed by any trusted key") {
  Scene scene;
  scene.has_policy = true;
  scene.policy.subject_keys = {{"workspace:*", {bundle::sha256("other key")}}};
  CHECK(judged(scene).words == "verified");
}
