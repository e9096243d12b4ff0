#include "verify/verdict.hpp"

#include "core/json/json.hpp"

namespace sourceos::verify {
namespace {

json::Value text_or_null(const std::optional<bundle::Digest>& digest) {
  return digest ? json::Value(digest->text()) : json::Value(nullptr);
}

json::Value text_or_null(const std::string& text) {
  return text.empty() ? json::Value(nullptr) : json::Value(text);
}

json::Value checks_to_value(const Verdict& verdict) {
  json::Value checks = json::Value::array();
  for (const CheckResult& check : verdict.checks) {
    checks.push_back({{"name", check.name},
                      {"outcome", to_string(check.outcome)},
                      {"reason", text_or_null(check.reason)},
                      {"member", text_or_null(check.member)},
                      {"detail", text_or_null(check.detail)}});
  }
  return checks;
}

json::Value signatures_to_value(const Verdict& verdict) {
  json::Value signatures = json::Value::array();
  for (const SignatureFinding& signature : verdict.signatures) {
    signatures.push_back({{"manifest", signature.manifest.text()},
                          {"keyId", text_or_null(signature.key_id)},
                          {"holder", text_or_null(signature.holder)},
                          {"status", signature.status}});
  }
  return signatures;
}

}  // namespace

std::string_view to_string(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::pass: return "pass";
    case CheckOutcome::fail: return "fail";
    case CheckOutcome::unverifiable: return "unverifiable";
    case CheckOutcome::skipped: return "skipped";
  }
  return "skipped";
}

std::string_view to_string(Decision decision) {
  switch (decision) {
    case Decision::verified: return "verified";
    case Decision::failed: return "failed";
    case Decision::unverifiable: return "unverifiable";
  }
  return "unverifiable";
}

std::string_view to_string(Axis axis) {
  switch (axis) {
    case Axis::pass: return "pass";
    case Axis::fail: return "fail";
    case Axis::unverifiable: return "unverifiable";
  }
  return "unverifiable";
}

std::string_view to_string(TimeBasis basis) {
  switch (basis) {
    case TimeBasis::claimed: return "claimed";
    case TimeBasis::memory: return "memory";
    case TimeBasis::order: return "order";
  }
  return "claimed";
}

bool Verdict::intact_not_trusted() const {
  if (decision != Decision::unverifiable || integrity != Axis::pass || trust == Axis::fail) {
    return false;
  }
  const CheckResult* statement = find("statement");
  return statement != nullptr && statement->outcome == CheckOutcome::pass;
}

const CheckResult* Verdict::find(std::string_view check) const {
  for (const CheckResult& result : checks) {
    if (result.name == check) {
      return &result;
    }
  }
  return nullptr;
}

json::Value to_value(const Verdict& verdict) {
  json::Value withheld = json::Value::array();
  for (const bundle::Digest& digest : verdict.withheld) {
    withheld.push_back(digest.text());
  }
  return {
      {"verdict", to_string(verdict.decision)},
      {"words", verdict.words},
      {"reason", text_or_null(verdict.reason)},
      {"integrity", to_string(verdict.integrity)},
      {"trust", to_string(verdict.trust)},
      {"completeness", to_string(verdict.completeness)},
      {"safety", to_string(verdict.safety)},
      {"sequence", to_string(verdict.sequence)},
      {"level", verdict.level == Level::full ? "full" : "stored"},
      {"independent", verdict.independent},
      {"trustSource", verdict.trust_source},
      {"trustPinned", verdict.trust_pinned},
      {"timeBasis", to_string(verdict.time_basis)},
      {"anchor", verdict.anchor},
      {"safetyWords", verdict.safety_words},
      {"bundle", text_or_null(verdict.bundle)},
      {"subject", text_or_null(verdict.subject)},
      {"finishedAt", text_or_null(verdict.finished_at)},
      {"seq", verdict.sequence_number ? json::Value(*verdict.sequence_number)
                                      : json::Value(nullptr)},
      {"logId", text_or_null(verdict.log_id)},
      {"trustDigest", text_or_null(verdict.trust_digest)},
      {"trustVersion", verdict.trust_version},
      {"policyDigest", text_or_null(verdict.policy_digest)},
      {"rulesetDigest", text_or_null(verdict.ruleset_digest)},
      {"signatures", signatures_to_value(verdict)},
      {"withheld", std::move(withheld)},
      {"checks", checks_to_value(verdict)},
      {"next", text_or_null(verdict.next)},
  };
}

}  // namespace sourceos::verify
