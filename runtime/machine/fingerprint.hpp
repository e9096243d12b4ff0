// AgentMachineFingerprint (agent-machine 8.2): what a machine is, the same on an unchanged host,
// whoever runs it and whatever the host is called.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "collect/collector.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/machine/deny_set.hpp"
#include "runtime/machine/podman_client.hpp"
#include "runtime/machine/profile_source.hpp"

namespace sourceos::runtime {

struct FingerprintQuestion {
  host::Host& host;
  host::ToolFinder& tools;
  const LoadedProfile* profile = nullptr;  // null: none was named
  const LoadedProfile& effective;          // the profile, or the host's preset
  const DenySet& deny;
  std::optional<std::string> repo_ref;  // shown form
  std::optional<collect::GitFacts> git;
  std::vector<MountDecision> mounts;
  std::string policy_hash;
  std::string host_tag;  // keyed hash of the machine's id
  std::string toolkit_version;
  std::vector<std::string> door_refs;
  std::vector<std::string> unknowns = {};  // notes on what could not be observed
};

// The document; what was asked of Podman goes to `answers`.
[[nodiscard]] Result<json::Value> take_fingerprint(const FingerprintQuestion& question,
                                                   std::vector<PodmanAnswer>& answers);

// SHA-256 of the canonical document without id, capturedAt, fingerprintHash and evidenceRefs.
[[nodiscard]] Result<std::string> fingerprint_hash(const json::Value& document);

}  // namespace sourceos::runtime
