// What the caller demands: --expect, --subject, --nonce, and each line of the policy file. The
// reason names the rule that is not met: `policy:<rule>`.
#include "verify/policy.hpp"

#include "bundle/key.hpp"
#include "core/text.hpp"
#include "verify/checks/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sourceos::verify::checks {
namespace {

constexpr std::int64_t k_nanoseconds = 1'000'000'000;
// A clock may be a little ahead of ours; more than this is no age at all.
constexpr std::int64_t k_skew_seconds = 300;

using Broken = std::optional<std::string>;

// "5.10.1" against "5.9": number by number, missing ones are 0; a suffix is not looked at.
int compare_versions(std::string_view a, std::string_view b) {
  const auto next = [](std::string_view& text) {
    std::uint64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    if (error == std::errc() && text.starts_with('.')) {
      text.remove_prefix(1);
    } else {
      text = {};
    }
    return number;
  };
  while (!a.empty() || !b.empty()) {
    const std::uint64_t x = next(a);
    const std::uint64_t y = next(b);
    if (x != y) {
      return x < y ? -1 : 1;
    }
  }
  return 0;
}

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_passed(const Run& run, std::string_view check) {
  const CheckResult* result = run.verdict.find(check);
  return result != nullptr && result->outcome == CheckOutcome::pass;
}

Broken check_age(const Policy& policy, const RecordFacts& record, UtcTime now) {
  if (!policy.max_age_seconds) {
    return std::nullopt;
  }
  const std::int64_t age = (now.nanoseconds - record.finished.nanoseconds) / k_nanoseconds;
  const bool fits = age >= -k_skew_seconds &&
                    age <= static_cast<std::int64_t>(*policy.max_age_seconds);
  return fits ? Broken() : Broken("max-age");
}

bool has_collector(const RecordFacts& record, std::string_view name) {
  return std::any_of(record.collectors.begin(), record.collectors.end(), [&](const auto& row) {
    return row.name == name && row.status == "ok";
  });
}

bool has_tool(const RecordFacts& record, const ToolMinimum& wanted) {
  return std::any_of(record.tools.begin(), record.tools.end(), [&](const auto& tool) {
    return tool.name == wanted.name && tool.status == "found" &&
           (wanted.version.empty() || compare_versions(tool.version, wanted.version) >= 0) &&
           (wanted.sha256.empty() || tool.sha256 == wanted.sha256);
  });
}

// Each subject that a rule names must be signed by one of that rule's keys.
bool is_signed_by_its_keys(const Run& run, const Policy& policy) {
  for (const SubjectKeys& rule : policy.subject_keys) {
    if (!text::glob_match(rule.subject, run.facts()->subject)) {
      continue;
    }
    const bool any = std::any_of(
        run.signatures.begin(), run.signatures.end(), [&](const Signature& signature) {
          return signature.counts() &&
                 std::find(rule.keys.begin(), rule.keys.end(),
                           bundle::spki_digest(signature.key->key)) != rule.keys.end();
        });
    if (!any) {
      return false;
    }
  }
  return true;
}

Broken check_record(const Run& run, const Policy& policy) {
  const RecordFacts& record = *run.facts();
  for (const std::string& collector : policy.require_collectors) {
    if (!has_collector(record, collector)) {
      return "require-collectors";
    }
  }
  for (const ToolMinimum& tool : policy.tools) {
    if (!has_tool(record, tool)) {
      return "tools";
    }
  }
  if (policy.deny_test_seams && record.test_seams) return "deny-test-seams";
  if (policy.deny_high_findings && record.high_findings > 0) return "deny-high-findings";
  if (policy.require_git_clean && record.git_dirty != false) return "require-git-clean";
  if (policy.require_image_pinned && !record.is_image_pinned) return "require-image-pinned";
  if (policy.require_nonce && !run.options.nonce) return "require-nonce";
  if (!policy.modes.empty() && !contains(policy.modes, record.mode)) return "modes";
  if (!policy.key_custody.empty() && !contains(policy.key_custody, record.key_custody)) {
    return "key-custody";
  }
  return check_age(policy, record, run.options.now);
}

Broken check_verdict(const Run& run, const Policy& policy) {
  if (policy.require_log && !is_passed(run, "log-proof")) return "require-log";
  if (policy.require_consistent_log && !is_passed(run, "sequence")) {
    return "require-consistent-log";
  }
  if (policy.require_independent && !run.verdict.independent) return "require-independent";
  if (policy.require_complete && (!run.facts()->complete || !run.verdict.withheld.empty())) {
    return "require-complete";
  }
  if (!policy.require_time_basis.empty() &&
      !contains(policy.require_time_basis, to_string(run.verdict.time_basis))) {
    return "require-time-basis";
  }
  return is_signed_by_its_keys(run, policy) ? Broken() : Broken("subject-keys");
}

Broken check_options(const Run& run) {
  if (run.options.expect && *run.options.expect != *run.manifest_id) return "expect";
  if (run.options.subject && *run.options.subject != run.facts()->subject) return "subject";
  if (run.options.nonce && run.options.nonce != run.facts()->nonce) return "nonce";
  return std::nullopt;
}

}  // namespace

CheckResult policy(Run& run) {
  const bool has_demands = run.options.policy != nullptr || run.options.expect ||
                           run.options.subject || run.options.nonce;
  if (!has_demands) {
    return skipped("no policy");
  }
  if (run.facts() == nullptr) {
    return skipped("needs record");
  }
  Broken broken = check_options(run);
  if (!broken && run.options.policy != nullptr) {
    broken = check_record(run, *run.options.policy);
    if (!broken) {
      broken = check_verdict(run, *run.options.policy);
    }
  }
  if (broken) {
    return failed("policy:" + *broken, {}, "the bundle does not meet this demand");
  }
  return pass(run.options.policy != nullptr ? run.options.policy->name : "");
}

}  // namespace sourceos::verify::checks
