// Whether the trusted keys were allowed to sign this when it was made, and whether enough holders
// did. A key that no longer counts does no harm beside enough that do.
#include "verify/checks/checks.hpp"
#include "verify/key_choice.hpp"
#include "verify/policy.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sourceos::verify::checks {
namespace {

std::uint64_t threshold_of(const Run& run) {
  std::uint64_t threshold = run.options.trust->document.bundle_threshold;
  if (run.options.threshold) {
    threshold = std::max(threshold, *run.options.threshold);
  }
  if (run.options.policy != nullptr && run.options.policy->threshold) {
    threshold = std::max(threshold, *run.options.policy->threshold);
  }
  return threshold;
}

// Holders, not keys and not signatures (S-19).
std::size_t count_holders(const Run& run) {
  std::set<std::string_view> holders;
  for (const Signature& signature : run.signatures) {
    if (signature.counts()) {
      holders.insert(signature.key->holder);
    }
  }
  return holders.size();
}

std::string_view words_of(std::string_view reason) {
  if (reason == "key-role") return "the key's role does not let it sign bundles";
  if (reason == "key-expired") return "the key had expired";
  if (reason == "key-not-yet-valid") return "the key was not valid yet";
  return "the key was revoked";
}

// Below the last good checkpoint a revoked key counts: what is missing to show that, or nothing.
std::string missing_proof(Run& run, const TrustedKey& key) {
  const LastGood* good = key.revocation && key.revocation->last_good ? &*key.revocation->last_good : nullptr;
  if (good == nullptr || !run.log || run.facts()->log_id != good->log_id ||
      run.log->leaf.seq >= good->size) {
    return {};
  }
  const bundle::log::Checkpoint& own = run.log->checkpoint.checkpoint;
  const auto [from, to] = std::minmax(own.size, good->size);
  if (from == to || find_consistency(run, own.origin, from, to)) {
    return {};
  }
  run.verdict.next = fmt::format("sourceosctl evidence log consistency {} {}", from, to);
  return fmt::format("; a proof from {} to {} would show whether it is older than that", from, to);
}

}  // namespace

CheckResult key(Run& run) {
  if (run.options.trust != nullptr && run.options.trust->refused) {
    return failed(*run.options.trust->refused, "trust file");
  }
  const bool any_trusted = std::any_of(run.signatures.begin(), run.signatures.end(),
                                       [](const Signature& s) { return s.key != nullptr; });
  if (!any_trusted) {
    return skipped("needs signature");
  }
  if (run.facts() == nullptr) {
    return skipped("needs record");
  }
  static_cast<void>(load_log(run));  // judged by its own check; here it may show an order
  const Signature* rejected = nullptr;
  for (Signature& signature : run.signatures) {
    if (signature.key != nullptr) {
      signature.rejected =
          judge_key(run, *signature.key, bundle::KeyRole::bundle, run.facts()->finished);
      if (!signature.rejected.empty() && rejected == nullptr) {
        rejected = &signature;
      }
    }
  }
  if (rejected != nullptr && count_holders(run) < threshold_of(run)) {
    return failed(rejected->rejected, rejected->manifest.text(),
                  fmt::format("{} ({}){}", words_of(rejected->rejected),
                              bundle::key_id(rejected->key->key), missing_proof(run, *rejected->key)));
  }
  return pass();
}

CheckResult threshold(Run& run) {
  const std::size_t holders = count_holders(run);
  if (holders == 0) {
    return skipped("needs key");
  }
  const std::uint64_t needed = threshold_of(run);
  if (holders < needed) {
    return unverifiable("threshold", {},
                        fmt::format("{} holders signed, {} are needed", holders, needed));
  }
  return pass(fmt::format("{} of {}", holders, needed));
}

}  // namespace sourceos::verify::checks
