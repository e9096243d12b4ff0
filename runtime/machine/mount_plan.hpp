// The mount plan of a workspace without a profile's repositories: the three default roots, what
// the policy says to them, and the evidence of having made them (agent-machine 5.9).
#pragma once

#include <string>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/machine/mount_policy.hpp"
#include "runtime/machine/mount_policy_document.hpp"
#include "runtime/machine/profile.hpp"

namespace sourceos::runtime {

struct MountRoots {
  std::string dev = "~/dev";
  std::string documents = "~/Documents/SourceOS/agent-output";
  std::string downloads = "~/Downloads/SourceOS/agent-downloads";
};

struct PlannedMount {
  MountRequest request;
  std::vector<std::string> default_for;
  std::string description;
  MountDecision decision;
  [[nodiscard]] bool is_to_be_made() const {
    return decision.is_allowed && request.create_if_missing && !decision.exists;
  }
};

struct MachineMountPlan {
  std::string profile;
  std::string adapter;
  std::string backend;
  std::vector<PlannedMount> mounts;
  std::string policy_hash;
  std::vector<std::string> warnings;  // of the policy that the profile names
  [[nodiscard]] bool is_allowed() const;
};

// `context.policy` is that of `policy`.
[[nodiscard]] Result<MachineMountPlan> plan_mounts(const PolicyContext& context,
                                                   const Profile& profile, const MountRoots& roots,
                                                   const NamedMountPolicy& policy = {});

// `type: "AgentMachineMountPlan"`, with `policyErrors` when a mount is denied. A code root that is
// not there is a note, not an error: nothing makes one.
enum class PlanScope { all, without_downloads };
[[nodiscard]] json::Value mount_plan_document(const MachineMountPlan& plan, PlanScope scope,
                                              const std::vector<std::string>& homes);

// `kind: "AgentMachineMountEvidence"`, closed as its contract is.
[[nodiscard]] json::Value mount_evidence_document(const MachineMountPlan& plan,
                                                  const Profile& profile,
                                                  const std::vector<std::string>& homes,
                                                  const std::string& captured_at);

}  // namespace sourceos::runtime
