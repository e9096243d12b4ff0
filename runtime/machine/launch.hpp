// Makes, checks, starts and removes one container (agent-machine 7.1): what Podman made is compared
// with the plan before anything runs in it, and what it mounts with what was checked (S-40).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "collect/session_facts.hpp"
#include "core/result.hpp"
#include "runtime/machine/launch_gates.hpp"

namespace sourceos::runtime {

struct LaunchOutcome {
  bool is_started = false;
  int exit_code = 0;             // of the program inside, once it was started
  std::optional<Error> failure;  // why it was not, or why it was ended
  std::vector<collect::ActionFacts> actions;
  std::string container;  // what `container inspect` printed after the start
  std::vector<PodmanAnswer> answers;
  std::vector<std::string> differences;

  // The container that Podman did not remove when told to; empty when it did.
  [[nodiscard]] std::string container_left() const;
};

// Runs `podman start --attach ...` joined with the operator's streams.
using AttachFunction = std::function<Result<host::ProcessOutcome>(const std::vector<std::string>&)>;

[[nodiscard]] LaunchOutcome launch(host::Host& host, host::ToolFinder& tools,
                                   const PodmanAddress& address, const LaunchPlan& plan,
                                   const AttachFunction& attach);

// What launch() does, as a plan: `planned` actions with their argument vectors.
[[nodiscard]] std::vector<collect::ActionFacts> planned_actions(host::Host& host,
                                                                host::ToolFinder& tools,
                                                                const PodmanAddress& address,
                                                                const LaunchPlan& plan);

}  // namespace sourceos::runtime
