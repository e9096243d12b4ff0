// The checks of one repository: can it be read, and what does the mount policy say to it.
#include <unistd.h>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/tools/git_repository.hpp"
#include "runtime/machine/doctor.hpp"
#include "runtime/machine/doctor_repo.hpp"

namespace sourceos::runtime {

namespace {

void add_readable(MachineChecks& checks, const MountDecision& decision, const json::Value& observed) {
  const bool is_tree =
      decision.resolved.empty() || host::locate_repository(decision.resolved).has_value();
  MachineCheck& check =
      checks.add("repo.readable", is_tree ? "pass" : "warn",
          is_tree ? "the directory can be read" : "not a git work tree", observed);
  check.reason = is_tree ? "" : "not-a-repository";
  check.remediation =
      is_tree ? "" : "git -C " + text::shell_word(observed.at("path").get<std::string>()) + " init";
}

void add_verdict(MachineChecks& checks, const DoctorQuestion& question, const MountDecision& decision,
                 const json::Value& observed) {
  if (question.policy_unresolved && decision.is_allowed) {
    MachineCheck& check = checks.add("repo.policy", "fail", question.policy_unresolved->message, observed);
    check.reason = question.policy_unresolved->reason;
    check.remediation = question.policy_unresolved->next;
    return;
  }
  if (!decision.is_allowed) {
    MachineCheck& check = checks.add("repo.policy", "fail", decision.message, observed);
    check.reason = decision.reason;
    check.remediation = decision.next.empty()
                            ? "name a directory of its own with --repo, such as ~/dev/NAME"
                            : decision.next;
    return;
  }
  const bool is_clean = decision.warnings.empty();
  MachineCheck& check = checks.add(
      "repo.policy", is_clean ? "pass" : "warn",
      is_clean ? "allowed" : fmt::format("allowed, with {}", fmt::join(decision.warnings, ", ")),
      observed);
  check.reason = is_clean ? "" : decision.warnings.front();
}

}  // namespace

MountDecision check_repo(MachineChecks& checks, const DoctorQuestion& question, const std::string& repo) {
  MountRequest request;
  request.mount_id = "repo";
  request.host_path = repo;
  request.agent_path = "/workspace/dev/repo";
  request.access = AccessMode::read_write;
  request.origin = PathOrigin::typed;
  request.direct_execution = true;
  const PolicyContext context{.deny = question.policy.deny,
                              .directory = question.policy.directory,
                              .cache_root = question.policy.cache_root,
                              .roots = std::nullopt,
                              .policy = question.policy.policy,
                              .granted = question.policy.granted,
                              .scan = question.policy.scan};
  MountDecision decision = decide_mount(context, request);
  const std::string shown = shown_host_path(
      decision.requested.empty() ? repo : decision.requested, context.deny.places().homes);
  const bool is_unusable =
      decision.reason == "path-missing" || decision.reason == "not-a-directory" ||
      (!decision.is_allowed && decision.resolved.empty() && decision.group.empty());
  const bool is_readable =
      decision.resolved.empty() || ::access(decision.resolved.c_str(), R_OK | X_OK) == 0;
  const json::Value observed = {{"path", shown}};
  if (is_unusable || !is_readable) {
    MachineCheck& check =
        checks.add("repo.readable", "fail",
            is_unusable ? decision.message : "the directory cannot be read", observed);
    check.reason = is_unusable ? decision.reason : "not-readable";
    check.remediation = is_unusable ? "name a directory that is there with --repo"
                                    : fmt::format("chmod u+rx {}", text::shell_word(shown));
    checks.blocked("repo.policy", "repo.readable");
  } else {
    add_readable(checks, decision, observed);
    add_verdict(checks, question, decision, observed);
  }
  return decision;
}

}  // namespace sourceos::runtime
