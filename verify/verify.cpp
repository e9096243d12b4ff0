#include "verify/verify.hpp"

#include "bundle/frame_pool.hpp"
#include "bundle/key.hpp"
#include "bundle/screen.hpp"
#include "verify/bundle_judge.hpp"
#include "verify/checks/checks.hpp"
#include "verify/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sourceos::verify {
namespace {

// Which axis of the verdict a check speaks for.
enum class Speaks { integrity, trust, completeness, safety, sequence, none };

struct Row {
  std::string_view name;
  CheckResult (*check)(Run&);
  Speaks speaks;
  // Without a pass of these, the verdict is `unverifiable` at best (evidence 3.1 rule 7).
  bool is_required = false;
};

// The order of evidence section 11. A failed check does not stop the others: each runs as far as
// its inputs were found good.
constexpr std::array k_checks = {
    Row{"layout", checks::layout, Speaks::integrity, true},
    Row{"index.json", checks::index_json, Speaks::integrity},
    Row{"manifest", checks::manifest, Speaks::integrity, true},
    Row{"descriptors", checks::descriptors, Speaks::integrity},
    Row{"unlisted", checks::unlisted, Speaks::integrity},
    Row{"special-files", checks::special_files, Speaks::integrity},
    Row{"envelope", checks::envelope, Speaks::integrity},
    Row{"signature", checks::signature, Speaks::trust, true},
    Row{"key", checks::key, Speaks::trust, true},
    Row{"threshold", checks::threshold, Speaks::trust, true},
    Row{"statement", checks::statement, Speaks::trust, true},
    Row{"record", checks::record, Speaks::integrity, true},
    Row{"test-seams", checks::test_seams, Speaks::trust},
    Row{"disclosure", checks::disclosure, Speaks::none},
    Row{"digests", checks::digests, Speaks::integrity},
    Row{"content", checks::content, Speaks::integrity},
    Row{"index-order", checks::index_order, Speaks::integrity},
    Row{"unique", checks::unique, Speaks::integrity},
    Row{"paths", checks::paths, Speaks::integrity},
    Row{"members", checks::members, Speaks::integrity},
    Row{"redaction", checks::redaction, Speaks::integrity},
    Row{"screen", checks::screen, Speaks::safety},
    Row{"rescan", checks::rescan, Speaks::none},
    Row{"receipt-safety", checks::receipt_safety, Speaks::safety},
    Row{"sidecars", checks::sidecars, Speaks::none},
    Row{"log-proof", checks::log_proof, Speaks::sequence},
    Row{"sequence", checks::sequence, Speaks::sequence},
    Row{"policy", checks::policy, Speaks::none},
};

constexpr std::string_view k_not_anchored =
    "not anchored: the sequence is the host's own word";

// The caller asked for less, or there is nothing to look at where the bundle lies.
bool is_skipped_by_choice(const CheckResult& result) {
  return result.outcome == CheckOutcome::skipped &&
         (result.reason == k_skipped_when_fast || result.reason == k_skipped_in_store);
}

// pass: every check that speaks for it passed, or had nothing to look at by choice.
Axis axis_of(const Verdict& verdict, Speaks axis) {
  Axis found = Axis::pass;
  for (std::size_t i = 0; i < verdict.checks.size(); ++i) {
    const CheckResult& result = verdict.checks[i];
    if (k_checks[i].speaks != axis) {
      continue;
    }
    if (result.outcome == CheckOutcome::fail) {
      return Axis::fail;
    }
    if (result.outcome != CheckOutcome::pass && !is_skipped_by_choice(result)) {
      found = Axis::unverifiable;
    }
  }
  return found;
}

void decide(Verdict& verdict) {
  const CheckResult* first_failed = nullptr;
  const CheckResult* first_missing = nullptr;
  for (std::size_t i = 0; i < verdict.checks.size(); ++i) {
    const CheckResult& result = verdict.checks[i];
    if (result.outcome == CheckOutcome::fail && first_failed == nullptr) {
      first_failed = &result;
    }
    // Content that could not be judged at all is not verified either.
    const bool is_needed = k_checks[i].is_required ||
                           (result.name == "content" && !is_skipped_by_choice(result));
    if (is_needed && result.outcome != CheckOutcome::pass && first_missing == nullptr) {
      first_missing = &result;
    }
  }
  const CheckResult* deciding = first_failed != nullptr ? first_failed : first_missing;
  verdict.decision = first_failed != nullptr    ? Decision::failed
                     : first_missing != nullptr ? Decision::unverifiable
                                                : Decision::verified;
  verdict.reason = deciding != nullptr ? deciding->reason : std::string();
}

// Claimed, never proved (S-13).
std::string safety_words(const Verdict& verdict) {
  const CheckResult* screen = verdict.find("screen");
  const bool is_done = screen != nullptr && screen->outcome != CheckOutcome::skipped;
  return !is_done ? "claimed; not screened"
                  : fmt::format("claimed; screen v{}: {}", bundle::screen::k_version,
                                screen->outcome == CheckOutcome::pass ? "no hit" : "hit");
}

void set_axes(const Run& run, Verdict& verdict) {
  verdict.integrity = axis_of(verdict, Speaks::integrity);
  verdict.trust = axis_of(verdict, Speaks::trust);
  verdict.sequence = axis_of(verdict, Speaks::sequence);
  const bool stored_only = run.options.level == Level::stored;
  const Axis safety = axis_of(verdict, Speaks::safety);
  verdict.safety = stored_only && safety == Axis::pass ? Axis::unverifiable : safety;
  const CheckResult* redaction = verdict.find("redaction");
  if (run.facts() == nullptr) {
    verdict.completeness = Axis::unverifiable;
  } else if (!run.facts()->complete || !verdict.withheld.empty()) {
    verdict.completeness = Axis::fail;
  } else {
    verdict.completeness = redaction != nullptr && redaction->outcome == CheckOutcome::pass
                               ? Axis::pass
                               : Axis::unverifiable;
  }
}

// The word `verified` alone is for full, trusted and complete (S-38).
std::string words_of(const Run& run, const Verdict& verdict) {
  if (verdict.decision == Decision::verified) {
    std::vector<std::string> but;
    if (verdict.level == Level::stored) {
      but.emplace_back("stored bytes only");
    }
    if (!verdict.withheld.empty()) {
      but.push_back(fmt::format("{} layer{} withheld", verdict.withheld.size(),
                                verdict.withheld.size() == 1 ? "" : "s"));
    }
    if (run.facts() != nullptr && !run.facts()->complete) {
      but.emplace_back("redaction incomplete");
    }
    return but.empty() ? "verified" : fmt::format("verified ({})", fmt::join(but, ", "));
  }
  if (run.options.allow_untrusted && verdict.intact_not_trusted()) {
    return "intact, not trusted";
  }
  return std::string(to_string(verdict.decision));
}

void list_signatures(const Run& run, Verdict& verdict) {
  for (const Signature& signature : run.signatures) {
    SignatureFinding finding{signature.manifest, {}, {}, {}};
    if (signature.key != nullptr) {
      finding.key_id = bundle::key_id(signature.key->key);
      finding.holder = signature.key->holder;
      finding.status = signature.counts() ? "counts" : signature.rejected;
    } else {
      finding.key_id = signature.bundle.hint.value_or("");
      finding.status = signature.is_bad ? "bad-signature" : "unknown-key";
    }
    verdict.signatures.push_back(std::move(finding));
  }
}

void say_what_was_used(const VerifyOptions& options, Verdict& verdict) {
  verdict.level = options.level;
  verdict.anchor = k_not_anchored;
  if (options.trust != nullptr) {
    verdict.trust_source = to_string(options.trust->source);
    verdict.trust_pinned = options.trust->pinned;
    verdict.trust_digest = options.trust->digest;
    verdict.trust_version = options.trust->digest ? options.trust->document.version : 0;
    verdict.independent = options.trust->source == Trust::Source::file ||
                          options.trust->source == Trust::Source::keys;
  }
  if (options.policy != nullptr) {
    verdict.policy_digest = options.policy->digest;
  }
}

}  // namespace

Judgement BundleJudge::judge() {
  say_what_was_used(options_, verdict_);
  Run run(layout_, options_, pool_, verdict_);
  for (const Row& row : k_checks) {
    CheckResult result = row.check(run);
    result.name = row.name;
    verdict_.checks.push_back(std::move(result));
  }
  decide(verdict_);
  set_axes(run, verdict_);
  list_signatures(run, verdict_);
  verdict_.safety_words = safety_words(verdict_);
  verdict_.words = words_of(run, verdict_);

  Judgement judgement{std::move(verdict_), std::nullopt};
  const Verdict& verdict = judgement.verdict;
  if (verdict.integrity == Axis::pass && verdict.level == Level::full && run.facts() != nullptr) {
    judgement.bundle = VerifiedBundle(layout_, *run.manifest_id, run.facts()->log_id);
  }
  return judgement;
}

Verdict refused_layout(const Error& error, const VerifyOptions& options) {
  Verdict verdict;
  say_what_was_used(options, verdict);
  // A tar or directory that does not open as one is a fault of the layout; links and special files
  // are told as what they are.
  const bool is_special = error.message.find("special file") != std::string::npos;
  for (const Row& row : k_checks) {
    const bool is_it = row.name == (is_special ? "special-files" : "layout");
    CheckResult result = is_it ? failed(error, {}) : skipped("needs layout");
    result.name = row.name;
    verdict.checks.push_back(std::move(result));
  }
  decide(verdict);
  verdict.integrity = Axis::fail;
  verdict.safety_words = safety_words(verdict);
  verdict.words = std::string(to_string(verdict.decision));
  return verdict;
}

Judgement verify(bundle::Layout& layout, const VerifyOptions& options) {
  bundle::FramePool pool(options.jobs);
  return BundleJudge(layout, options, pool).judge();
}

}  // namespace sourceos::verify
