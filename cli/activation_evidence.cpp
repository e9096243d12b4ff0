#include "cli/activation_evidence.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "bundle/log/host_log.hpp"
#include "cli/exit_code.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "host/host.hpp"
#include "runtime/activation/recovery.hpp"
#include "runtime/agent/places.hpp"
#include "runtime/agent/rules.hpp"

namespace sourceos::cli {

namespace {

using collect::ActionStatus;
using collect::EntryKind;

// The session redacts what it is given.
std::string as_it_is(std::string_view text) { return std::string(text); }

collect::SessionOutcome outcome_of(const runtime::ActivationReport& report) {
  switch (report.verdict) {
    case runtime::Verdict::done: return {.exit_code = 0, .result = bundle::RunResult::ok, .reason = {}};
    case runtime::Verdict::negative:
      return {.exit_code = 1, .result = bundle::RunResult::negative, .reason = report.reason};
    case runtime::Verdict::incomplete:
      return {.exit_code = 3, .result = bundle::RunResult::partial, .reason = report.reason};
    case runtime::Verdict::interrupted:
      return {.exit_code = 130, .result = bundle::RunResult::interrupted, .reason = "interrupted"};
  }
  return {};
}

collect::ActionFacts action_of(const runtime::CommandRun& run, const std::string& agent) {
  return {.action = run.argv.size() > 2 ? run.argv[2] : "run",
          .target = agent,
          .argv = run.argv,
          .started_at = run.started_at,
          .finished_at = run.finished_at,
          .exit_code = run.status < 0 ? 0 : static_cast<std::uint64_t>(run.status),
          .status = run.ok() ? ActionStatus::done : ActionStatus::failed,
          .before = {},
          .after = {},
          .detail = {}};
}

}  // namespace

Result<std::optional<std::uint64_t>> find_intent(const Context& context, std::string_view transaction) {
  const auto open = open_store(context, bundle::StoreAccess::read);
  std::optional<std::uint64_t> found;
  if (!open) {
    return open.error().kind == ErrorKind::not_found ? Result<std::optional<std::uint64_t>>(found)
                                                     : fail(open.error());
  }
  SOURCEOS_TRY(open->store.log().for_each_back(
      [&](const bundle::log::StoredLeaf& stored) -> Result<bool> {
        if (stored.leaf.kind != bundle::log::LeafKind::intent || !stored.leaf.payload) {
          return true;
        }
        // An intent that gc took is none that can be followed.
        const auto text = open->store.blob(*stored.leaf.payload, limits::k_json_bytes_max);
        const auto document = text ? json::parse(*text) : Result<json::Value>(fail(text.error()));
        if (document && document->is_object() && document->contains("transactionId") &&
            document->at("transactionId") == transaction) {
          found = stored.leaf.seq;
        }
        return !found;
      }));
  return found;
}

Status log_recovery(const Context& context, std::string_view agent, std::string_view transaction,
                    const runtime::UndoReport& undo) {
  std::error_code ignored;
  const auto agents = runtime::agent_state_root(context.host) / "agents";
  for (const auto& entry : std::filesystem::directory_iterator(agents, ignored)) {
    const auto waits = runtime::needs_recovery(context.host, entry.path().filename().string());
    if (!waits || *waits) {
      return {};
    }
  }
  SOURCEOS_TRY_ASSIGN(const auto intent, find_intent(context, transaction));
  if (!intent || !undo.complete) {
    return {};
  }
  const json::Value document = {{"command", "recover"},
                                {"agent", agent},
                                {"transactionId", transaction},
                                {"recoveredAt", format_seconds(context.host.clock.now())},
                                {"undo", as_json(undo)}};
  SOURCEOS_TRY_ASSIGN(const Engine engine, Engine::create(context, {}));
  SOURCEOS_TRY_ASSIGN(OpenStore open, open_store(context, bundle::StoreAccess::write));
  SOURCEOS_TRY(open.store.append_recovered(*intent, engine.pipeline().json(document)));
  return {};
}

Result<std::unique_ptr<ActivationEvidence>> ActivationEvidence::begin(Context& context,
                                                                      bundle::Mode mode) {
  std::unique_ptr<ActivationEvidence> evidence(new ActivationEvidence(context, mode));
  SOURCEOS_TRY(evidence->begin_session());
  return evidence;
}

Status ActivationEvidence::begin_session() {
  collect::SessionOptions options;
  options.store = store_root(context_);
  options.argv = context_.argv;
  options.command_path = context_.path;
  options.toolkit_version = context_.version;
  options.mode = mode_;
  options.plan.name = "activation";
  options.plan.subject_kind = "local-agents";
  options.plan.subject_ref = "all";
  SOURCEOS_TRY_ASSIGN(collect::Session session,
                      collect::Session::begin(context_.host, context_.tools, std::move(options)));
  session_.emplace(std::move(session));
  was_collected_ = false;
  return {};
}

Status ActivationEvidence::intend(const json::Value& document) { return session_->intend(document); }

Result<bool> ActivationEvidence::knows(std::string_view transaction) {
  SOURCEOS_TRY_ASSIGN(const auto intent, find_intent(context_, transaction));
  return intent.has_value();
}

Status ActivationEvidence::add_entries(const runtime::ActivationReport& report) {
  runtime::ActivationReport without_id = report;
  without_id.bundle.clear();
  SOURCEOS_TRY(session_->add_json({"activation", "activation"}, EntryKind::lifecycle_action,
                                  as_json(without_id, as_it_is)));
  for (const runtime::AgentOutcome& agent : report.agents) {
    if (agent.candidate.preflight) {
      SOURCEOS_TRY(session_->add_json({"activation", agent.name, "preflight"}, EntryKind::check_report,
                                      as_json(*agent.candidate.preflight, as_it_is)));
    }
    if (!agent.candidate.definition.empty()) {
      collect::Artifact definition;
      definition.path = {"activation", agent.name, "definition"};
      definition.kind = EntryKind::service_definition;
      definition.media_type = collect::MediaType::text;
      definition.content = agent.candidate.definition;
      session_->add(std::move(definition));
    }
    if (!agent.policy_decisions.empty()) {
      SOURCEOS_TRY(session_->add_json(
          {"activation", agent.name, "policy-decision"}, EntryKind::policy_decision,
          {{"decision", "enable-despite-preflight"}, {"agent", agent.name},
           {"failingChecks", agent.policy_decisions}}));
    }
  }
  return {};
}

void ActivationEvidence::tell_facts(const runtime::ActivationReport& report) {
  collect::SessionFacts& facts = session_->facts();
  if (report.agents.size() == 1) {
    facts.subject_kind = "local-agent";
    facts.subject_ref = report.agents.front().name;
  }
  if (const auto policy = bundle::Digest::parse(runtime::ruleset_hash())) {
    facts.policy_hash = *policy;
  }
  for (const runtime::AgentOutcome& agent : report.agents) {
    for (const runtime::CommandRun& run : agent.commands) {
      facts.actions.push_back(action_of(run, agent.name));
    }
    for (const runtime::UndoAction& undo : agent.rollback.actions) {
      facts.actions.push_back(action_facts(undo, agent.name, report.finished_at));
    }
    for (const runtime::UndoAction& undo :
         agent.recovered ? agent.recovered->actions : std::vector<runtime::UndoAction>()) {
      facts.actions.push_back(action_facts(undo, agent.name, report.finished_at));
    }
  }
}

Result<std::string> ActivationEvidence::seal(const runtime::ActivationReport& report) {
  // What was gathered once cannot be gathered again: a second attempt is a bundle of its own.
  if (was_collected_) {
    SOURCEOS_TRY(begin_session());
  }
  SOURCEOS_TRY(add_entries(report));
  tell_facts(report);
  was_collected_ = true;
  SOURCEOS_TRY(session_->collect());
  SOURCEOS_TRY_ASSIGN(const collect::SessionReport sealed, session_->seal(outcome_of(report)));
  for (const std::string& warning : sealed.warnings) {
    context_.note(warning);
  }
  SOURCEOS_TRY(ensure_local_trust(context_));
  for (const runtime::AgentOutcome& agent : report.agents) {
    if (agent.recovered) {
      SOURCEOS_TRY(log_recovery(context_, agent.name, agent.recovered_transaction, *agent.recovered));
    }
  }
  return sealed.id.text();
}

}  // namespace sourceos::cli
