// Activation: every agent, by name and each for itself, from its declaration to its target or back
// to where it was. Ten steps, an intent before the first change, a bundle at the end in every case.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "host/host.hpp"
#include "runtime/activation/candidate.hpp"
#include "runtime/activation/change.hpp"
#include "runtime/activation/host_state.hpp"
#include "runtime/activation/recovery.hpp"
#include "runtime/activation/staging.hpp"
#include "runtime/agent/catalog.hpp"

namespace sourceos::runtime {

struct ActivationOptions {
  bool stage_only = false;
  bool enable_despite_preflight = false;  // the caller asked for --execute and --policy-ok
  bool no_start = false;
  bool prune = false;
  bool quarantine_unsafe = false;
  bool strict = false;
  bool dry_run = false;
  std::optional<AgentScope> scope;      // others are refused, "scope-mismatch"
  std::filesystem::path staging_root;   // empty: the agents' own
  std::string declarations_argument;    // as typed, for the commands of remediation
  std::uint64_t lock_wait_ms = 10'000;
};

// How one agent ended.
enum class AgentResult {
  running,
  enabled,
  unchanged,
  staged,                   // with a reason, or because nothing more was asked for
  staged_old_version_kept,
  old_version_restored,     // steps 7 to 9 failed; the earlier version is back
  failed,                   // they failed, and there was none
  refused,                  // nothing was tried: locked, scope-mismatch, journal-invalid
  invalid_declaration,
  generate_failed,
  interrupted,
  pruned,
  quarantined,
  planned,
};
[[nodiscard]] std::string_view to_string(AgentResult result);

struct AgentOutcome {
  std::string name;
  AgentPhase before = AgentPhase::absent;
  AgentPhase after = AgentPhase::absent;
  AgentResult result = AgentResult::refused;
  std::string reason;  // empty: null
  std::string detail;
  bool reached = false;  // its target
  StepRecords steps = new_step_records();
  HostState states;  // after
  Candidate candidate = {};
  std::vector<Drift> drift;
  UndoReport rollback;
  std::optional<UndoReport> recovered;
  std::string recovered_transaction;  // of the run that died
  std::filesystem::path staging;
  std::vector<Remedy> remedies;
  std::vector<CommandRun> commands;
  std::vector<std::string> policy_decisions;  // checks that --enable-despite-preflight passed over
  std::vector<std::vector<std::string>> plan;  // argument vectors, of a dry run
  std::string then;                            // the command that goes on from here
};

enum class Verdict { done, negative, incomplete, interrupted };

// A Nix profile that was there: which generation brought the declarations (activation 6).
struct Generation {
  std::string profile;
  std::optional<std::uint64_t> number;
  std::string store_path;
};

struct ActivationReport {
  std::string transaction;
  UtcTime started_at;
  UtcTime finished_at;
  std::vector<Generation> generations;
  std::vector<AgentOutcome> agents;
  Verdict verdict = Verdict::done;
  std::string reason;  // "evidence-incomplete", "locked", ...; empty: none
  std::string bundle;  // empty: none
};
// LocalAgentActivation. Its words are raw but for what `redact` made.
[[nodiscard]] json::Value as_json(const ActivationReport& report, const Redactor& redact);

// What activation wants of the evidence that is made of it.
class Evidence {
 public:
  virtual ~Evidence() = default;
  // Durable before it returns.
  [[nodiscard]] virtual Status intend(const json::Value& document) = 0;
  [[nodiscard]] virtual Result<bool> knows(std::string_view transaction) = 0;
  // The bundle's id. Can be tried again when it failed.
  [[nodiscard]] virtual Result<std::string> seal(const ActivationReport& report) = 0;
};

// Stops, disables, captures and removes an agent (local-agent 7).
using QuarantineFunction = std::function<Status(const AgentSite& site, std::string_view trigger)>;

struct ActivationPorts {
  host::Host& host;
  ServiceBackend& backend;
  Evidence& evidence;
  Redactor redact;
  QuarantineFunction quarantine;
  std::function<void(std::uint64_t ms)> sleep;
  std::filesystem::path podman_directory = {};  // where the client was found
};

// An Error only when nothing was begun: no intent could be written, declarations share a name.
[[nodiscard]] Result<ActivationReport> activate(ActivationPorts& ports, const Catalog& catalog,
                                                const ActivationOptions& options);

}  // namespace sourceos::runtime
