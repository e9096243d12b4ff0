// Whether a shell or a tool may be launched, asked in the order of agent-machine 5.5: the first
// refusal wins. Every step is kept for the bundle; nothing is changed here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "collect/collector.hpp"
#include "collect/session_facts.hpp"
#include "core/json/fwd.hpp"
#include "core/limits.hpp"
#include "core/result.hpp"
#include "runtime/doors/contract.hpp"
#include "runtime/machine/container_plan.hpp"
#include "runtime/machine/content_hash.hpp"
#include "runtime/machine/deny_set.hpp"
#include "runtime/machine/nested_git.hpp"
#include "runtime/machine/podman_client.hpp"
#include "runtime/machine/profile_source.hpp"

namespace sourceos::runtime {

inline constexpr std::uint64_t k_transcript_bytes_default = 8 * limits::k_mib;

enum class LaunchKind { shell, run };

struct LaunchQuestion {
  host::Host& host;
  host::ToolFinder& tools;
  LaunchKind kind = LaunchKind::run;
  const LoadedProfile& profile;
  std::string repo;                    // as typed
  std::string tool_id = {};            // run
  std::vector<std::string> args = {};  // run: appended unchanged
  std::string shell_command = {};      // shell: empty is the profile's local-shell, else /bin/sh
  std::filesystem::path grant_file = {};
  std::filesystem::path trust_gate_file = {};
  std::string governance_ref = {};  // an AgentPlane run
  std::vector<std::filesystem::path> contract_directories = {};
  const DenySet& deny;
  std::filesystem::path directory;     // where relative paths start
  std::filesystem::path scratch = {};  // for git; empty: git is not asked
  std::string session_id;              // 32 hex digits
  std::string bundle_parent = {};      // label
  bool has_terminal = false;           // on stdin
  bool is_dry_run = false;
};

struct GateStep {
  std::string step;      // "grant", "mounts", "image"
  std::string decision;  // allow, deny, skip
  std::string reason;
};

struct LaunchPlan {
  std::vector<GateStep> steps;
  std::optional<Error> refusal;
  std::vector<collect::DeniedAttempt> denied;
  std::vector<MountDecision> mounts;           // the repository first
  std::vector<std::filesystem::path> to_make;  // declared directories that are not there
  std::vector<json::Value> grants;
  std::vector<std::string> door_refs;  // ids of the doors and grants in force, sorted
  std::optional<Contract> grant;  // to be counted before launch
  std::string policy_hash;
  std::string session_class;  // operator-terminal, agent-execution
  ContainerPlan container;
  std::optional<collect::ImageFacts> image;
  std::optional<collect::GitFacts> git;
  std::string git_text;                 // the document as JSON text; empty: none
  std::vector<std::string> executions;  // in the repository, before
  std::optional<NestedGit> nested_git;  // below it, before
  std::string transcript = "redacted";  // off, metadata, redacted
  std::uint64_t transcript_bytes_max = 0;
  std::vector<std::string> warnings;
  std::vector<std::string> non_claims;
  bool is_local = true;  // /proc of the container is ours
  std::vector<NamedValue> podman_environment;  // for the client that attaches
  std::vector<ContentHash> contents;           // of the mounts, in their order, when allowed
  std::vector<PodmanAnswer> answers;
  std::string storage_backend;

  LaunchPlan();
  ~LaunchPlan();
  LaunchPlan(LaunchPlan&&) noexcept;
  LaunchPlan& operator=(LaunchPlan&&) noexcept;

  [[nodiscard]] bool is_allowed() const { return !refusal; }
  [[nodiscard]] json::Value decision_document() const;  // entry `policy-decision`
  [[nodiscard]] json::Value mount_rows(const std::vector<std::string>& homes) const;
  // Per mount what its contentHash is of, or why it has none.
  [[nodiscard]] json::Value content_rows() const;
};

[[nodiscard]] LaunchPlan plan_launch(const LaunchQuestion& question);

}  // namespace sourceos::runtime
