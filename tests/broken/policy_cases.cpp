// Good bundles that do not meet what the caller demands.
#include "tests/broken/case_tables.hpp"

namespace sourceos::tests {
namespace {

using verify::Decision;
using verify::Policy;

void demand(Scene& scene, const std::function<void(Policy&)>& change) {
  scene.has_policy = true;
  change(scene.policy);
}

}  // namespace

std::vector<BrokenCase> policy_cases() {
  return {
      {"expected-another-bundle", [](Scene& s) { s.options.expect = bundle::sha256("x"); }, Decision::failed, "policy", "policy:expect"},
      {"expected-another-subject", [](Scene& s) { s.options.subject = "elsewhere"; }, Decision::failed, "policy", "policy:subject"},
      {"nonce-of-another-challenge", [](Scene& s) { s.options.nonce = std::string(32, 'f'); }, Decision::failed, "policy", "policy:nonce"},
      {"policy-collector-missing", [](Scene& s) { demand(s, [](Policy& p) { p.require_collectors = {"host", "podman"}; }); }, Decision::failed, "policy", "policy:require-collectors"},
      {"policy-collector-skipped", [](Scene& s) { demand(s, [](Policy& p) { p.require_collectors = {"git"}; }); }, Decision::failed, "policy", "policy:require-collectors"},
      {"policy-too-old", [](Scene& s) { demand(s, [](Policy& p) { p.max_age_seconds = 3600; }); }, Decision::failed, "policy", "policy:max-age"},
      {"policy-from-the-future", [](Scene& s) { s.options.now = UtcTime::from_seconds(1'700'000'000); demand(s, [](Policy& p) { p.max_age_seconds = 3600; }); }, Decision::failed, "policy", "policy:max-age"},
      {"policy-git-dirty", [](Scene& s) { demand(s, [](Policy& p) { p.require_git_clean = true; }); }, Decision::failed, "policy", "policy:require-git-clean"},
      {"policy-image-not-pinned", [](Scene& s) { demand(s, [](Policy& p) { p.require_image_pinned = true; }); }, Decision::failed, "policy", "policy:require-image-pinned"},
      {"policy-mode", [](Scene& s) { demand(s, [](Policy& p) { p.modes = {"apply"}; }); }, Decision::failed, "policy", "policy:modes"},
      {"policy-tool-too-old", [](Scene& s) { demand(s, [](Policy& p) { p.tools = {{"git", "2.40", ""}}; }); }, Decision::failed, "policy", "policy:tools"},
      {"policy-tool-missing", [](Scene& s) { demand(s, [](Policy& p) { p.tools = {{"nix", "", ""}}; }); }, Decision::failed, "policy", "policy:tools"},
      {"policy-custody", [](Scene& s) { demand(s, [](Policy& p) { p.key_custody = {"exec"}; }); }, Decision::failed, "policy", "policy:key-custody"},
      {"policy-own-keys", [](Scene& s) { s.trust_source = verify::Trust::Source::self; demand(s, [](Policy& p) { p.require_independent = true; }); }, Decision::failed, "policy", "policy:require-independent"},
      {"policy-key-of-subject", [](Scene& s) { demand(s, [](Policy& p) { p.subject_keys = {{"*", {bundle::sha256("other key")}}}; }); }, Decision::failed, "policy", "policy:subject-keys"},
      {"policy-time-basis", [](Scene& s) { demand(s, [](Policy& p) { p.require_time_basis = {"order"}; }); }, Decision::failed, "policy", "policy:require-time-basis"},
      {"policy-log-consistency", [](Scene& s) { demand(s, [](Policy& p) { p.require_consistent_log = true; }); }, Decision::failed, "policy", "policy:require-consistent-log"},
      {"policy-nonce-not-checked", [](Scene& s) { demand(s, [](Policy& p) { p.require_nonce = true; }); }, Decision::failed, "policy", "policy:require-nonce"},
      {"policy-threshold", [](Scene& s) { demand(s, [](Policy& p) { p.threshold = 2; }); }, Decision::unverifiable, "threshold", "threshold"},
      {"policy-log-proof-stripped", [](Scene& s) { std::erase_if(s.bundle.attached, [](const auto& a) { return a.type == bundle::k_log_proof_media_type; }); s.bundle.after_attached(); demand(s, [](Policy& p) { p.require_log = true; }); }, Decision::failed, "policy", "policy:require-log"},
      {"policy-high-finding", [](Scene& s) { s.bundle.record["findings"] = {{{"ruleId", "restart-storm"}, {"severity", "high"}, {"entry", "logs/node-commander.log"}, {"byteRange", {0, 10}}, {"line", 1}, {"excerptRedacted", "start"}}}; s.bundle.after_record(); demand(s, [](Policy& p) { p.deny_high_findings = true; }); }, Decision::failed, "policy", "policy:deny-high-findings"},
      {"policy-test-seams", [](Scene& s) { s.bundle.record["testSeams"] = true; s.bundle.after_record(); s.options.allow_test_seams = true; demand(s, [](Policy& p) { p.deny_test_seams = true; }); }, Decision::failed, "policy", "policy:deny-test-seams"},
  };
}

}  // namespace sourceos::tests
