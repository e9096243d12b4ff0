// Which of the signatures are by keys that are trusted. Those by unknown keys are listed and count
// for nothing; a bad one under a trusted key's hint fails (security S-19).
#include "verify/checks/checks.hpp"
#include "verify/key_choice.hpp"

#include <fmt/format.h>

namespace sourceos::verify::checks {

CheckResult signature(Run& run) {
  if (!run.signatures_read) {
    return skipped("needs envelope");
  }
  std::size_t trusted = 0;
  const Signature* bad = nullptr;
  for (Signature& signature : run.signatures) {
    const KeyChoice choice =
        choose_key(run.options.trust, signature.bundle, bundle::KeyRole::bundle);
    signature.key = choice.key;
    signature.is_bad = choice.is_bad;
    trusted += choice.key != nullptr ? 1U : 0U;
    if (choice.is_bad && bad == nullptr) {
      bad = &signature;
    }
  }
  if (bad != nullptr) {
    return failed("bad-signature", bad->manifest.text(),
                  "it is not a signature by the key that it names");
  }
  if (run.signatures.empty()) {
    return unverifiable("untrusted-key", {}, "there is no signature");
  }
  if (trusted == 0) {
    return unverifiable("untrusted-key", run.signatures.front().manifest.text(),
                        run.options.trust == nullptr ? "no trust was given"
                                                     : "no signature is by a trusted key");
  }
  return pass(fmt::format("{} of {} by trusted keys", trusted, run.signatures.size()));
}

}  // namespace sourceos::verify::checks
