#include "runtime/doors/grant_checks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "runtime/doors/grant.hpp"
#include "runtime/doors/grant_uses.hpp"
#include "runtime/doors/host_scope.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::int64_t k_hour_ns = 3'600'000'000'000;
constexpr std::int64_t k_longest_ns = 30 * 24 * k_hour_ns;
constexpr std::int64_t k_longest_sensitive_ns = 24 * k_hour_ns;  // profile sharing, side effects

// Collects what is wrong with one grant.
class Findings {
 public:
  explicit Findings(const Contract& grant) : grant_(grant) {}
  void add(std::string place, std::string_view check, std::string message) {
    problems_.push_back({grant_.file(), std::move(place), "", std::string(check), std::move(message)});
  }
  [[nodiscard]] std::vector<ContractProblem> take() && { return std::move(problems_); }

 private:
  const Contract& grant_;
  std::vector<ContractProblem> problems_;
};

bool is_sensitive(const json::Value& grant) {
  const json::Value& operations = grant.at("operations");
  return std::any_of(operations.begin(), operations.end(), [](const json::Value& each) {
    return each == "browser.profile.share" || each == "tool.side-effect";
  });
}

void check_times(const Contract& grant, UtcTime now, Findings& findings) {
  const auto from = parse_contract_time(grant.text("issuedAt"));
  const auto until = parse_contract_time(grant.text("expiresAt"));
  if (!from || !until) {
    findings.add(from ? "/expiresAt" : "/issuedAt", "time", "not a time that a calendar has");
    return;
  }
  if (*until <= *from) {
    findings.add("/expiresAt", "grant-times", "the grant ends before it begins");
    return;
  }
  const bool sensitive = is_sensitive(grant.document());
  if (until->nanoseconds - from->nanoseconds > (sensitive ? k_longest_sensitive_ns : k_longest_ns)) {
    findings.add("/expiresAt", "grant-lifetime",
                 sensitive ? "a grant for profile sharing or side effects lasts at most 24 hours"
                           : "a grant lasts at most 30 days");
  }
  if (const std::string problem = time_problem(grant, now); !problem.empty()) {
    findings.add(now < *from ? "/issuedAt" : "/expiresAt", "grant-expired", problem);
  }
}

void check_policy(const Contract& grant, const ContractShelf& shelf, Findings& findings) {
  const Contract* interface = shelf.find(grant.text("interfaceProfileRef"));
  if (interface != nullptr && interface->text("policyHash") != grant.text("policyHash")) {
    findings.add("/policyHash", "grant-policy-mismatch",
                 fmt::format("the policy in force is {}", interface->text("policyHash")));
  }
}

// Each folder lies in a repository of the profile, with no more access than that has.
void check_folders(const Contract& grant, const ContractShelf& shelf, Findings& findings) {
  const Contract* profile = shelf.find(grant.text("targetProfileRef"));
  if (profile == nullptr || !profile->document().contains("repoAllowlist")) {
    return;
  }
  const json::Value& allowed = profile->document().at("repoAllowlist");
  const json::Value& scopes = grant.document().at("allowedRepoPaths");
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    const std::string path = scopes[i].at("path").get<std::string>();
    const std::string access = scopes[i].at("accessMode").get<std::string>();
    bool is_inside = false;
    bool is_allowed = false;
    for (const json::Value& repo : allowed) {
      const bool inside = is_in_scope(path, repo.value("hostPath", ""), true);
      is_inside = is_inside || inside;
      is_allowed = is_allowed || (inside && access_includes(repo.value("accessMode", ""), access));
    }
    if (!is_inside) {
      findings.add(fmt::format("/allowedRepoPaths/{}/path", i), "grant-scope",
                   "outside the repositories that the profile allows");
    } else if (!is_allowed) {
      findings.add(fmt::format("/allowedRepoPaths/{}/accessMode", i), "grant-scope",
                   "more access than the profile allows");
    }
  }
}

void check_uses(const Contract& grant, const std::filesystem::path& state_root, Findings& findings) {
  const json::Value& most = grant.document().at("maxUses");
  if (state_root.empty() || !most.is_number_unsigned()) {
    return;
  }
  const auto uses = grant_uses(state_root, grant);
  if (!uses) {
    findings.add("/maxUses", uses.error().reason, uses.error().message);
  } else if (*uses >= most.get<std::uint64_t>()) {
    findings.add("/maxUses", "grant-used-up", fmt::format("the grant was used {} times", *uses));
  }
}

}  // namespace

std::vector<ContractProblem> grant_problems(const Contract& grant, const ContractShelf& shelf,
                                            const CrossCheckOptions& options) {
  Findings findings(grant);
  check_times(grant, options.now, findings);
  check_policy(grant, shelf, findings);
  check_folders(grant, shelf, findings);
  check_uses(grant, options.state_root, findings);
  if (const Contract* entry = shelf.revocation_of(grant.id()); entry != nullptr) {
    findings.add("/id", "grant-revoked", fmt::format("'{}' revokes the grant", entry->id()));
  }
  return std::move(findings).take();
}

}  // namespace sourceos::runtime
