#include "runtime/activation/candidate.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "host/environment.hpp"
#include "host/fault.hpp"
#include "host/files.hpp"
#include "host/tools/plist.hpp"
#include "runtime/agent/asking_once.hpp"
#include "runtime/agent/definition.hpp"
#include "runtime/agent/launcher.hpp"
#include "runtime/agent/state.hpp"

namespace sourceos::runtime {

namespace {

// A step's failure that has a name of its own in the order of activation.
std::unexpected<Error> step_failed(std::string_view reason, std::string message) {
  return fail(ErrorKind::refused, reason, std::move(message));
}

Result<std::string> evaluate(const ReadDeclaration& agent) {
  SOURCEOS_TRY(host::fault_point("evaluate"));
  if (!agent.is_valid()) {
    const auto worst = std::ranges::find(agent.findings, Severity::high, &DeclarationFinding::severity);
    return step_failed("invalid-declaration", fmt::format("'{}': {}", worst->field, worst->message));
  }
  return fmt::format("declaration {}", agent.hash);
}

std::vector<LintFinding> wrapper_findings(const host::Host& host, std::string_view text) {
  return lint_wrapper(text, {.platform = platform_of(host), .exists = [&](const std::string& path) {
                               return host::describe(host::system_path(host.environment, path))
                                   .has_value();
                             }});
}

Result<std::string> judge_wrapper(const std::vector<LintFinding>& findings) {
  SOURCEOS_TRY(host::fault_point("lint-wrapper"));
  if (!findings.empty()) {
    const LintFinding& first = findings.front();
    return step_failed("wrapper-lint",
                       fmt::format("line {}: {} ({})", first.line, first.message, first.rule));
  }
  return std::string("plain sh");
}

Result<std::string> judge_service(const std::vector<PolicyFinding>& findings) {
  SOURCEOS_TRY(host::fault_point("lint-service"));
  const auto bad = std::ranges::find(findings, Severity::high, &PolicyFinding::severity);
  if (bad != findings.end()) {
    return step_failed(bad->rule_id, fmt::format("{}: {}", bad->path.filename().string(), bad->message));
  }
  return fmt::format("{} findings, none of them high", findings.size());
}

Result<std::string> judge_preflight(const Preflight& preflight) {
  SOURCEOS_TRY(host::fault_point("preflight"));
  if (const Check* failed = preflight.first_failure()) {
    return step_failed(failed->reason, fmt::format("{}: {}", failed->id, failed->detail));
  }
  if (!preflight.passed()) {
    return step_failed(preflight.reason(), "the declaration is not valid");
  }
  return std::string("18 checks, none failed");
}

// The reason of a step that failed by itself, and not by what it found, is the step's.
std::string reason_of(Step step, const Error& error) {
  if (error.kind == ErrorKind::refused) {
    return error.reason;
  }
  switch (step) {
    case Step::evaluate: return "invalid-declaration";
    case Step::generate_wrapper:
    case Step::generate_service: return "generate-failed";
    case Step::lint_wrapper: return "wrapper-lint";
    case Step::lint_service: return "service-lint";
    default: return error.kind == ErrorKind::timeout ? "probe-timeout" : "preflight-failed";
  }
}

class Checker {
 public:
  Checker(host::Host& host, StepClock& clock, Candidate& candidate)
      : host_(host), clock_(clock), candidate_(candidate) {}

  // False when the step failed or an interrupt came.
  template <class Body>
  bool run(Step step, Body body) {
    const Status done = clock_.run(step, body);
    if (!done && !candidate_.failed_step) {
      candidate_.failed_step = step;
      candidate_.reason = reason_of(step, done.error());
      candidate_.detail = done.error().message;
    }
    if (host_.is_interrupted() && candidate_.reason != "interrupted") {
      candidate_.failed_step = step;
      candidate_.reason = "interrupted";
      return false;
    }
    return done.has_value();
  }

 private:
  host::Host& host_;
  StepClock& clock_;
  Candidate& candidate_;
};

}  // namespace

Result<std::string> launcher_of(const host::Host& host, const AgentSite& site) {
  return make_launcher(site.declaration,
                       {.platform = platform_of(host),
                        .state = site.places.state,
                        .podman_directory = site.podman_directory,
                        .owner_tag = owner_tag(site.places, site.declaration.name)});
}

std::string definition_of(const host::Host& host, const AgentSite& site) {
  return make_definition(site.declaration, platform_of(host), site.places.launcher);
}

std::vector<PolicyFinding> lint_definition(const host::Host& host, const AgentSite& site,
                                           std::string_view text) {
  RuleSetting rules = rule_setting(host, &site.declaration);
  rules.managed = true;
  const std::string launcher = site.places.launcher.string();
  rules.is_bounded_launcher = [launcher](const std::string& program) { return program == launcher; };
  const std::filesystem::path& path = site.places.definition;
  if (platform_of(host) == Platform::macos) {
    const auto plist = host::parse_plist(std::string(text));
    return plist ? check_plist(*plist, text, path, rules)
                 : std::vector{make_finding("plist-unreadable", path, rules, plist.error().message)};
  }
  UnitFile unit;
  unit.add(text, path);
  // A drop-in that cannot be read is one that systemd cannot read either.
  (void)add_drop_ins(unit, path);
  return check_unit(unit, path, rules);
}

Candidate check_agent(host::Host& host, ServiceBackend& backend, const ReadDeclaration& agent,
                      StepClock& clock, const CheckSetting& setting) {
  Candidate candidate{.site = AgentSite::of(agent.declaration, host),
                      .declaration_hash = agent.hash};
  candidate.site.podman_directory = setting.podman_directory;
  Checker checker(host, clock, candidate);
  if (!checker.run(Step::evaluate, [&] { return evaluate(agent); })) {
    return candidate;
  }
  const auto generated = [&](std::string_view fault, std::string& text,
                             const Result<std::string>& made) -> Result<std::string> {
    SOURCEOS_TRY(host::fault_point(fault));
    SOURCEOS_TRY_ASSIGN(text, made);
    return fmt::format("{} bytes", text.size());
  };
  if (!checker.run(Step::generate_wrapper, [&] {
        return generated("generate-wrapper", candidate.launcher, launcher_of(host, candidate.site));
      })) {
    return candidate;
  }
  (void)checker.run(Step::lint_wrapper, [&] {
    candidate.wrapper_findings = wrapper_findings(host, candidate.launcher);
    return judge_wrapper(candidate.wrapper_findings);
  });
  if (candidate.reason == "interrupted" || !checker.run(Step::generate_service, [&] {
        return generated("generate-service", candidate.definition,
                         definition_of(host, candidate.site));
      })) {
    return candidate;
  }
  (void)checker.run(Step::lint_service, [&] {
    candidate.service_findings = lint_definition(host, candidate.site, candidate.definition);
    if (auto old = check_definition_file(candidate.site.places.definition,
                                         rule_setting(host, &agent.declaration))) {
      candidate.installed_findings = std::move(*old);
    }
    return judge_service(candidate.service_findings);
  });
  if (candidate.reason == "interrupted") {
    return candidate;
  }
  (void)checker.run(Step::preflight, [&] {
    const LookedAt looked(host);
    candidate.preflight = run_preflight(looked.host(), backend, agent,
                                        {.assume_made = true,
                                         .own_override = setting.own_override,
                                         .launcher = candidate.launcher,
                                         // Made anew there: the platform's linter wants a program
                                         // that exists.
                                         .definition = std::nullopt});
    return judge_preflight(*candidate.preflight);
  });
  return candidate;
}

}  // namespace sourceos::runtime
