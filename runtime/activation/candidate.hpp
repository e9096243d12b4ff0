// Steps 1 to 6: what would be installed for an agent, and whether it may be. Writes nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "host/host.hpp"
#include "runtime/activation/step.hpp"
#include "runtime/activation/transaction.hpp"
#include "runtime/agent/preflight.hpp"
#include "runtime/agent/wrapper_lint.hpp"

namespace sourceos::runtime {

struct Candidate {
  AgentSite site;
  std::string declaration_hash;
  std::string launcher = {};
  std::string definition = {};
  std::vector<LintFinding> wrapper_findings = {};
  std::vector<PolicyFinding> service_findings = {};    // generated text, with the drop-ins there are
  std::vector<PolicyFinding> installed_findings = {};  // of what is at the final path now
  std::optional<Preflight> preflight = {};

  std::optional<Step> failed_step = {};  // the first that failed
  std::string reason = {};               // why; empty when all passed
  std::string detail = {};

  [[nodiscard]] bool passed() const { return !failed_step; }
  // Steps 1, 2 and 4 leave nothing that could be staged.
  [[nodiscard]] bool can_be_staged() const {
    return failed_step != Step::evaluate && failed_step != Step::generate_wrapper &&
           failed_step != Step::generate_service;
  }
};

// Runs a step: its fault point, its times, its status. What `body` gives is the step's detail.
class StepClock {
 public:
  StepClock(const host::Host& host, StepRecords& records) : host_(host), records_(records) {}

  template <class Body>
  [[nodiscard]] Status run(Step step, Body body) {
    StepRecord& record = records_[static_cast<std::size_t>(step) - 1];
    record.started_at = host_.clock.now();
    Result<std::string> done = body();
    record.finished_at = host_.clock.now();
    record.status = done ? StepStatus::done : StepStatus::failed;
    record.detail = done ? *done : done.error().message;
    return done ? Status{} : fail(std::move(done).error());
  }
  void mark(Step step, StepStatus status, std::string detail) {
    StepRecord& record = records_[static_cast<std::size_t>(step) - 1];
    record.status = status;
    record.detail = std::move(detail);
  }

 private:
  const host::Host& host_;
  StepRecords& records_;
};

struct CheckSetting {
  bool own_override = false;  // a disabled override that we left ourselves does not count
  std::filesystem::path podman_directory = {};  // for the launcher; empty: its own search path
};

// Steps that fail are in the candidate, with the first reason; steps 3, 5 and 6 all run.
[[nodiscard]] Candidate check_agent(host::Host& host, ServiceBackend& backend,
                                    const ReadDeclaration& agent, StepClock& clock,
                                    const CheckSetting& setting = {});

// The texts of a declaration, made again: after its owner key was made, or its lifecycle changed.
[[nodiscard]] Result<std::string> launcher_of(const host::Host& host, const AgentSite& site);
[[nodiscard]] std::string definition_of(const host::Host& host, const AgentSite& site);
// Findings on a definition's text as if it were at its final path.
[[nodiscard]] std::vector<PolicyFinding> lint_definition(const host::Host& host,
                                                         const AgentSite& site,
                                                         std::string_view text);

}  // namespace sourceos::runtime
