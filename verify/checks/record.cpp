// The record: canonical, of the shape of evidence section 4, of a version that we know. It was
// read with the descriptors, since other checks need it; this is its turn to be judged.
#include "verify/checks/checks.hpp"

namespace sourceos::verify::checks {

CheckResult record(Run& run) {
  if (!run.record) {
    return skipped("needs descriptors");
  }
  const std::string member = run.manifest->config.digest.text();
  if (!run.record->has_value()) {
    const Error& error = run.record->error();
    return error.reason == "spec-version" ? unverifiable("spec-version", member, error.read_out())
                                          : failed(error, member);
  }
  const RecordFacts& facts = **run.record;
  run.verdict.subject = facts.subject;
  run.verdict.finished_at = facts.finished_at;
  run.verdict.sequence_number = facts.seq;
  run.verdict.log_id = facts.log_id;
  run.verdict.ruleset_digest = facts.ruleset_digest;
  return pass();
}

CheckResult test_seams(Run& run) {
  if (run.facts() == nullptr) {
    return skipped("needs record");
  }
  if (!run.facts()->test_seams) {
    return pass();
  }
  return run.options.allow_test_seams
             ? pass("made under test seams, which the caller allows")
             : failed("test-seams", {}, "the bundle was made under test seams");
}

}  // namespace sourceos::verify::checks
