// receiptSafety is what other systems will copy without looking: it must agree with what is there.
#include "verify/checks/checks.hpp"

namespace sourceos::verify::checks {

CheckResult receipt_safety(Run& run) {
  if (run.facts() == nullptr) {
    return skipped("needs record");
  }
  if (run.facts()->claims_other_raw_content) {
    return failed("receipt-safety", "record", "it claims content that no bundle may have");
  }
  if (run.options.level == Level::stored) {
    return skipped(k_skipped_when_fast);
  }
  if (!run.index) {
    return skipped("needs digests");
  }
  if (run.facts()->includes_raw_content != run.index->has_sealed_originals) {
    return failed("receipt-safety", "record",
                  run.index->has_sealed_originals
                      ? "it denies the sealed originals that are there"
                      : "it claims sealed originals and there are none");
  }
  return pass();
}

}  // namespace sourceos::verify::checks
