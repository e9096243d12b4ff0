// What `agent-machine start` does in each situation (agent-machine 5.3): it starts a machine that
// is there and stopped, and never creates, removes, resets or reconfigures one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/machine/podman_client.hpp"
#include "runtime/machine/profile.hpp"

namespace sourceos::runtime {

// What would be or was done.
struct StartPlan {
  enum class Act { nothing, start, wait, refuse };
  Act act = Act::nothing;
  std::string note;    // "not-required", "already-running"
  std::string reason;  // of a refusal
  std::string message;
  std::string recommended;        // a command for the operator, on one line
  std::vector<std::string> argv;  // of the start
  MachineFacts machine;
  PodmanConnection connection;
  std::vector<std::string> non_claims;
};

// Looks, and decides; changes nothing.
[[nodiscard]] StartPlan plan_start(PodmanClient& podman, const Profile& profile,
                                   const std::string& machine,
                                   const std::vector<std::string>& volumes);

// `podman machine init ...` with one --volume for each allowed root; never the whole home.
[[nodiscard]] std::string recommended_init(const Profile& profile, const std::string& machine,
                                           const std::vector<std::string>& volumes);

struct StartWait {
  std::uint64_t limit_ms = 30'000;
  std::uint64_t step_ms = 500;
  std::function<bool()> is_interrupted;
};
// Waits until the machine runs and its socket answers. `timeout`, "start-failed" when it does not.
[[nodiscard]] Status wait_for_machine(PodmanClient& podman, const std::string& machine,
                                      const StartWait& wait);

}  // namespace sourceos::runtime
