#include "runtime/doors/trust_gate.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/doors/samples.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

json::Value gate() {
  return {{"kind", "SubstrateTrustGate"}, {"gate_id", "gate-1"}, {"substrate_ref", "state:demo"},
          {"substrate_type", "repo_index"}, {"report_ref", "report:1"}, {"report_freshness", "current"},
          {"diagnosis_status", "healthy"}, {"gate_decision", "allow"}, {"policy_decision_ref", "decision:1"},
          {"non_claims", {"not a proof of integrity"}}, {"evaluated_at", "2026-11-30T12:00:00Z"}};
}

std::string reason(const json::Value& value) {
  const auto judged = judge_trust_gate(value);
  return judged ? "" : judged.error().reason;
}

std::string reason_with(const json::Value& changes) {
  json::Value changed = gate();
  changed.update(changes);
  return reason(changed);
}

}  // namespace

TEST_CASE("a healthy gate that allows lets the run go on, by id and digest") {
  const TrustGate judged = judge_trust_gate(gate()).value();
  CHECK(judged.id == "gate-1");
  CHECK(judged.digest.starts_with("sha256:"));
  CHECK(trust_gate_row(judged).at("type") == "SubstrateTrustGate");
}

TEST_CASE("a gate refuses by its decision, its diagnosis or its report") {
  for (const json::Value& changes : std::vector<json::Value>{
           {{"gate_decision", "deny"}}, {{"gate_decision", "fail_closed"}}, {{"diagnosis_status", "unsafe"}},
           {{"diagnosis_status", "unknown"}}, {{"report_freshness", "expired"}}, {{"report_freshness", "missing"}},
           {{"gate_decision", "allow_degraded"}},
           {{"gate_decision", "allow_degraded"}, {"degraded_mode_authorization_ref", ""}},
           {{"attestation_required", true}},
           {{"substrate_type", "secure_lane"}, {"secure_lane_redaction_required", true}}}) {
    CAPTURE(changes.dump());
    CHECK(reason_with(changes) == "trust-gate-denied");
  }
}

TEST_CASE("degraded and attested gates pass with their references") {
  CHECK(reason_with({{"gate_decision", "allow_degraded"}, {"degraded_mode_authorization_ref", "auth:1"}}).empty());
  CHECK(reason_with({{"attestation_required", true}, {"attestation_ref", "attestation:1"}}).empty());
}

TEST_CASE("what is no gate is invalid") {
  CHECK(reason(json::Value::array()) == "trust-gate-invalid");
  CHECK(reason_with({{"extra", 1}}) == "trust-gate-invalid");
  CHECK(reason_with({{"non_claims", json::Value::array()}}) == "trust-gate-invalid");
  CHECK(reason_with({{"gate_decision", "maybe"}}) == "trust-gate-invalid");
  CHECK(reason_with({{"attestation_required", "yes"}}) == "trust-gate-invalid");
  CHECK(reason_with({{"evaluated_at", "yesterday"}}) == "trust-gate-invalid");
  json::Value without = gate();
  without.erase("report_ref");
  CHECK(reason(without) == "trust-gate-invalid");
  CHECK(read_trust_gate("/nowhere/gate.json").error().reason == "input-missing");
}
