// The signed payload is the one statement that M and the record make, byte for byte. So it is made
// and compared; only a payload that differs is read, to say how.
#include "verify/checks/checks.hpp"

#include <algorithm>

namespace sourceos::verify::checks {
namespace {

CheckResult explain(const Run& run, const Signature& signature) {
  const std::string member = signature.manifest.text();
  const auto statement = bundle::parse_statement(signature.bundle.payload);
  if (!statement) {
    return failed(statement.error(), member);
  }
  if (statement->predicate_type != bundle::k_evidence_predicate_type) {
    return unverifiable("spec-version", member, "the statement has an unknown predicate type");
  }
  if (statement->predicate != *run.record_bytes) {
    return failed("record-mismatch", member, "the predicate is not the record that M names");
  }
  return failed("digest-mismatch", member, "the statement's subject is not M");
}

}  // namespace

CheckResult statement(Run& run) {
  if (run.signatures.empty()) {
    return skipped("needs signature");
  }
  if (run.facts() == nullptr) {
    return skipped("needs record");
  }
  const bool any_counts = std::any_of(run.signatures.begin(), run.signatures.end(),
                                      [](const Signature& s) { return s.counts(); });
  const Signature* fits = nullptr;
  const Signature* differs = nullptr;
  for (const Signature& signature : run.signatures) {
    if (any_counts && !signature.counts()) {
      continue;
    }
    const Signature*& kind = signature.bundle.payload == run.payload ? fits : differs;
    kind = kind == nullptr ? &signature : kind;
  }
  if (any_counts && fits != nullptr && differs != nullptr) {
    return failed("payload-mismatch", differs->manifest.text(),
                  "two trusted signatures are over different statements");
  }
  if (fits != nullptr) {
    return pass();
  }
  CheckResult result = explain(run, *differs);
  // What an unknown key says is listed and ignored: it proves nothing, not even a fault.
  return any_counts ? result : unverifiable(result.reason, result.member, result.detail);
}

}  // namespace sourceos::verify::checks
