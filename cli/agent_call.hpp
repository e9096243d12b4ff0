// What commands on local agents share: finding the agent, the bundle that each call makes, and the
// record that is printed from it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/agent_turn.hpp"
#include "cli/guarded.hpp"
#include "cli/parser.hpp"
#include "cli/report.hpp"
#include "collect/session.hpp"
#include "core/json/fwd.hpp"
#include "runtime/agent/actions.hpp"
#include "runtime/agent/catalog.hpp"
#include "runtime/agent/preflight.hpp"

namespace sourceos::cli {

inline constexpr Option k_declaration_option = {.name = "--declaration",
                                                .kind = ValueKind::file,
                                                .value = "FILE",
                                                .help = "A declaration, beside those that are found",
                                                .repeat = Repeat::many};

// Agents whose names the redaction rules take for secrets cannot be worked on (security S-29).
void refuse_secret_names(runtime::Catalog& catalog);
[[nodiscard]] Result<runtime::Catalog> load_catalog(const Options& options, const Context& context);
// Where `podman` was found, for the launcher; empty when it was not.
[[nodiscard]] std::filesystem::path podman_directory(const Context& context);

// One call: begin, (intend,) look or act, add what was seen, finish. Without a store
// (`--evidence none`, for what only looks or plans) everything but the bundle is the same.
class AgentCall {
 public:
  // `usage` when something that acts is told to keep no evidence.
  [[nodiscard]] static Result<AgentCall> begin(Context& context, std::string_view agent,
                                               bundle::Mode mode);
  AgentCall(AgentCall&&) noexcept;
  ~AgentCall();

  [[nodiscard]] std::string redact(std::string_view text) const;
  [[nodiscard]] runtime::Redactor redactor() const;
  [[nodiscard]] const redact::Pipeline& pipeline() const;

  // `transaction`: of the journal, where one is kept.
  [[nodiscard]] Status intend(const std::string& command, const runtime::ReadDeclaration& agent,
                              const std::vector<runtime::PlannedAction>& plan,
                              std::string_view transaction = {});
  [[nodiscard]] Status add_json(std::vector<std::string> path, collect::EntryKind kind,
                                const json::Value& document);
  void add_text(std::vector<std::string> path, collect::EntryKind kind, collect::ContentHint hint,
                std::string text);
  void add_probes(const std::vector<runtime::CommandRun>& probes);
  void add_findings(const std::vector<runtime::PolicyFinding>& findings,
                    const std::vector<std::string>& entry);
  void policy(const std::string& declaration_hash);
  void actions(std::vector<collect::ActionFacts> rows);

  // Seals; `bundleId` of the record is filled in. Without a reason the exit code says all.
  [[nodiscard]] Result<Report> finish(json::Value record, ExitCode code, const std::string& reason);
  // The id that finish() gave; empty without a bundle.
  [[nodiscard]] const std::string& bundle_id() const;

 private:
  struct State;
  explicit AgentCall(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What every command that acts on one agent begins with: whether it may act, the declaration, the
// bundle, and when it acts the agent's turn.
struct ActingCall {
  // `in_doubt`: goes on although a journal cannot be followed, to take an agent out of service.
  enum class Journal { must_fit, in_doubt };
  [[nodiscard]] static Result<ActingCall> begin(const Options& options, Context& context, Journal journal);

  bool acts = false;
  runtime::ReadDeclaration agent;
  std::unique_ptr<runtime::ServiceBackend> backend;
  AgentCall call;
  std::optional<AgentTurn> turn;  // when it acts and nothing refused
  std::optional<Error> refusal;   // why there is no turn
  std::string reason;             // of the refusal, "recovery-incomplete", or empty

  // `agent-<command>/v1`, with what was recovered first.
  [[nodiscard]] json::Value new_change(std::string_view command) const;
  // The refusal, or the recovery that left something, as the record of the command.
  [[nodiscard]] Result<Report> refuse(json::Value record);
  // A dry run, or guarded mode: the plan, with a recovery that would come first.
  [[nodiscard]] Result<Report> plan_only(const Context& context, json::Value record,
                                         std::vector<runtime::PlannedAction> plan);
};

[[nodiscard]] json::Value actions_json(const std::vector<collect::ActionFacts>& rows,
                                       const runtime::Redactor& redact);
[[nodiscard]] json::Value plan_json(const std::vector<runtime::PlannedAction>& plan,
                                    const runtime::Redactor& redact);

}  // namespace sourceos::cli
