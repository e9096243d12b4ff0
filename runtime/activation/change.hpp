// Steps 7 to 9: a candidate that may run is installed, enabled and started within one transaction.
#pragma once

#include <functional>
#include <string>

#include "core/result.hpp"
#include "host/host.hpp"
#include "runtime/activation/candidate.hpp"
#include "runtime/activation/host_state.hpp"
#include "runtime/activation/transaction.hpp"

namespace sourceos::runtime {

// How far it goes.
enum class Target { staged, installed, enabled, running };

struct ChangeSetting {
  Step first = Step::install;  // `enable`: what is installed is left as it is
  Target target = Target::running;
  std::function<void(std::uint64_t ms)> sleep;  // between two looks at health
};

// What changed or not, for the decision what a failure undoes.
struct ChangeResult {
  std::optional<Step> failed_step;
  std::string reason;
  std::string detail;
  bool replaced = false;  // files at their final paths were written
};

// Whether files, registration and process are as the candidate wants them: then nothing is done.
[[nodiscard]] bool is_unchanged(const Candidate& candidate, const HostState& before, Target target);

// Each step looks at `before` and does only what is needed. What runs of an earlier version is
// stopped and disabled first, so that going back in reverse order starts it last, from its own
// files; with the target `installed` it runs on. Stops at the first failure and at an interrupt, and undoes nothing itself.
[[nodiscard]] ChangeResult apply_change(host::Host& host, ServiceBackend& backend,
                                        Transaction& transaction, const Candidate& candidate,
                                        const HostState& before, StepClock& clock,
                                        const ChangeSetting& setting);

}  // namespace sourceos::runtime
