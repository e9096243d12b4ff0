#include "cli/agent_call.hpp"

#include <fmt/format.h>

#include "cli/render.hpp"
#include "cli/run_result.hpp"
#include "cli/scrub.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/fault.hpp"
#include "host/host.hpp"
#include "host/interrupt.hpp"
#include "host/tool_finder.hpp"
#include "redact/pipeline.hpp"
#include "runtime/machine/secret_detector.hpp"

namespace sourceos::cli {

namespace {

// Commands on this subject that began and have no result: killed, or without room for a bundle.
void tell_open_intents(const std::string& sealed, json::Value& record, const Context& context) {
  const auto document = json::parse(sealed, {.bytes_max = limits::k_record_bytes_max});
  if (!document) {
    return;
  }
  const json::Value& open = part_of(part_of(*document, "sequence"), "openIntents");
  if (open.empty()) {
    return;
  }
  record["openIntents"] = open;
  context.note(fmt::format("{} began and never ended: sourceosctl evidence list --open",
                           counted(open.size(), "earlier command", "earlier commands")));
}

}  // namespace

void refuse_secret_names(runtime::Catalog& catalog) {
  runtime::SecretDetector secrets;
  const auto is_secret = [&](const runtime::ReadDeclaration& agent) {
    return secrets.is_secret(agent.declaration.name);
  };
  for (const runtime::ReadDeclaration& agent : catalog.agents) {
    if (is_secret(agent)) {
      catalog.unreadable.push_back({agent.file, agent.declaration.name,
                                    Error(ErrorKind::malformed, "secret-in-declaration",
                                          "its name looks like a secret, and names are printed everywhere")
                                        .with_next("give the agent another name")});
    }
  }
  std::erase_if(catalog.agents, is_secret);
}

Result<runtime::Catalog> load_catalog(const Options& options, const Context& context) {
  const std::vector<std::string> files = options.values("--declaration");
  SOURCEOS_TRY_ASSIGN(runtime::Catalog catalog,
                      runtime::read_catalog(context.host, {files.begin(), files.end()}));
  refuse_secret_names(catalog);
  return catalog;
}

std::filesystem::path podman_directory(const Context& context) {
  const auto tool = context.tools.find("podman");
  return tool ? tool->path.parent_path() : std::filesystem::path();
}

struct AgentCall::State {
  Context* context = nullptr;
  std::optional<collect::Session> session;
  std::optional<Engine> engine;  // instead of a session
  std::string bundle_id;
  std::size_t probes = 0;
  bool acted = false;  // an intent is in the log
};

AgentCall::AgentCall(std::unique_ptr<State> state) : state_(std::move(state)) {}
AgentCall::AgentCall(AgentCall&&) noexcept = default;
AgentCall::~AgentCall() = default;

Result<AgentCall> AgentCall::begin(Context& context, std::string_view agent, bundle::Mode mode) {
  auto state = std::make_unique<State>();
  state->context = &context;
  if (context.evidence == "none") {
    if (mode == bundle::Mode::apply) {
      return fail(ErrorKind::usage, "usage", "'--evidence none' is not for what changes something");
    }
    SOURCEOS_TRY_ASSIGN(Engine engine, Engine::create(context, {}));
    state->engine.emplace(std::move(engine));
    return AgentCall(std::move(state));
  }
  collect::SessionOptions options;
  options.store = store_root(context);
  options.argv = context.argv;
  options.command_path = context.path;
  options.toolkit_version = context.version;
  options.mode = mode;
  SOURCEOS_TRY_ASSIGN(options.plan, collect::preset("minimal"));
  options.plan.subject_kind = agent.empty() ? "host" : "local-agent";
  options.plan.subject_ref = agent.empty() ? "local" : std::string(agent);
  auto session = collect::Session::begin(context.host, context.tools, std::move(options));
  if (!session) {
    Error error = std::move(session).error();
    if (mode == bundle::Mode::apply && error.kind != ErrorKind::interrupted) {
      // What cannot be recorded is not done.
      error.kind = ErrorKind::refused;
      error.context.push_back(fmt::format("open the evidence store ({})", error.reason));
      error.reason = "evidence-unavailable";
    }
    return fail(std::move(error));
  }
  state->session.emplace(std::move(*session));
  return AgentCall(std::move(state));
}

const redact::Pipeline& AgentCall::pipeline() const {
  return state_->session ? state_->session->pipeline() : state_->engine->pipeline();
}

std::string AgentCall::redact(std::string_view text) const { return redactor()(text); }

// Our own paths are shown below $HOME, whatever the directory above the home is called.
runtime::Redactor AgentCall::redactor() const {
  const redact::Pipeline* engine = &pipeline();
  const host::Host* host = &state_->context->host;
  return [engine, host](std::string_view text) {
    return engine->text(home_as_variable(std::string(text), *host)).str();
  };
}

Status AgentCall::intend(const std::string& command, const runtime::ReadDeclaration& agent,
                         const std::vector<runtime::PlannedAction>& plan,
                         std::string_view transaction) {
  const std::string policy = runtime::policy_hash_of(agent.hash).text();
  state_->acted = true;
  return state_->session->intend(runtime::intent_document(
      command, agent.declaration.name, plan, policy, transaction, state_->context->host.clock.now()));
}

Status AgentCall::add_json(std::vector<std::string> path, collect::EntryKind kind,
                           const json::Value& document) {
  return state_->session ? state_->session->add_json(std::move(path), kind, document) : Status{};
}

void AgentCall::add_text(std::vector<std::string> path, collect::EntryKind kind,
                         collect::ContentHint hint, std::string text) {
  if (!state_->session) {
    return;
  }
  collect::Artifact artifact;
  artifact.path = std::move(path);
  artifact.kind = kind;
  artifact.media_type = artifact.path.back().ends_with(".json") ? collect::MediaType::json
                                                                : collect::MediaType::text;
  artifact.hint = hint;
  artifact.content = std::move(text);
  state_->session->add(std::move(artifact));
}

void AgentCall::add_probes(const std::vector<runtime::CommandRun>& probes) {
  for (const runtime::CommandRun& run : probes) {
    std::string text;
    for (const std::string& word : run.argv) {
      text += (text.empty() ? "$ " : " ") + text::shell_word(word);
    }
    text += fmt::format("\nstatus {}\n{}{}", run.status, run.output, run.error_output);
    add_text({"probes", fmt::format("{:02}-{}.txt", ++state_->probes, run.argv.empty() ? "none" : run.argv[0])},
             collect::EntryKind::probe_output, collect::ContentHint::text, std::move(text));
  }
}

void AgentCall::add_findings(const std::vector<runtime::PolicyFinding>& findings,
                             const std::vector<std::string>& entry) {
  if (!state_->session) {
    return;
  }
  for (const runtime::PolicyFinding& finding : findings) {
    for (const runtime::RuleInfo& rule : runtime::rules()) {
      if (rule.id == finding.rule_id) {
        const auto severity = finding.severity == runtime::Severity::high ? collect::FindingSeverity::high
                                                                          : collect::FindingSeverity::medium;
        state_->session->facts().findings.push_back({rule.id, severity, entry, finding.message});
      }
    }
  }
}

void AgentCall::policy(const std::string& declaration_hash) {
  if (state_->session) {
    state_->session->facts().policy_hash = runtime::policy_hash_of(declaration_hash);
  }
}

void AgentCall::actions(std::vector<collect::ActionFacts> rows) {
  if (state_->session) {
    state_->session->facts().actions = std::move(rows);
  }
}

Result<Report> AgentCall::finish(json::Value record, ExitCode code, const std::string& reason) {
  record["bundleId"] = nullptr;
  if (state_->session) {
    // What was done has its bundle, whatever signal asked to end.
    std::optional<host::InterruptShield> shield;
    if (state_->acted) {
      shield.emplace();
    }
    Status collected = state_->acted ? host::fault_point("bundle.write") : Status();
    if (collected) {
      collected = state_->session->collect();
    }
    const auto sealed =
        collected ? state_->session->seal({.exit_code = static_cast<std::uint64_t>(code),
                                           .result = run_result(code),
                                           .reason = reason})
                  : Result<collect::SessionReport>(fail(std::move(collected).error()));
    if (!sealed && !state_->acted) {
      return fail(sealed.error());
    }
    if (!sealed) {  // what was done is done: its intent stays open in the log
      record["evidence"] = redact(sealed.error().read_out());
      record["actionReason"] = reason.empty() ? json::Value() : json::Value(reason);
      return Report(std::move(record), ExitCode::partial, "evidence-incomplete");
    }
    for (const std::string& warning : sealed->warnings) {
      state_->context->note(warning);
    }
    SOURCEOS_TRY(ensure_local_trust(*state_->context));
    state_->bundle_id = sealed->id.text();
    tell_open_intents(sealed->record, record, *state_->context);
    record["bundleId"] = state_->bundle_id;
  }
  return Report(std::move(record), code, reason);
}

const std::string& AgentCall::bundle_id() const { return state_->bundle_id; }

// --- acting on one agent

Result<ActingCall> ActingCall::begin(const Options& options, Context& context, Journal journal) {
  SOURCEOS_TRY_ASSIGN(const Go go, decide_go(options, context));
  SOURCEOS_TRY_ASSIGN(const runtime::Catalog catalog, load_catalog(options, context));
  SOURCEOS_TRY_ASSIGN(const runtime::ReadDeclaration* agent, catalog.find(options.operands()[0]));
  const bool acts = go == Go::act;
  SOURCEOS_TRY_ASSIGN(AgentCall call, AgentCall::begin(context, agent->declaration.name,
                                                       acts ? bundle::Mode::apply : bundle::Mode::dry_run));
  ActingCall acting{acts, *agent, runtime::make_backend(context.host), std::move(call), {}, {}, {}};
  if (!acts) {
    return acting;
  }
  auto turn = journal == Journal::must_fit
                  ? AgentTurn::take(context, *acting.backend, agent->declaration)
                  : AgentTurn::take_despite_journal(context, *acting.backend, agent->declaration);
  if (!turn) {
    acting.refusal = std::move(turn).error();
    acting.reason = acting.refusal->reason;
  } else {
    acting.turn.emplace(std::move(*turn));
    acting.reason = journal == Journal::must_fit && !acting.turn->is_clean() ? "recovery-incomplete" : "";
  }
  return acting;
}

json::Value ActingCall::new_change(std::string_view command) const {
  json::Value record = new_record(fmt::format("agent-{}", command));
  record["type"] = "LocalAgentChange";
  record["command"] = command;
  record["agent"] = agent.declaration.name;
  record["changed"] = false;
  record["planOnly"] = false;
  record["recovered"] = turn ? turn->as_json(call.redactor()) : json::Value();
  return record;
}

Result<Report> ActingCall::refuse(json::Value record) {
  call.policy(agent.hash);
  record["actions"] = json::Value::array();
  if (!refusal) {
    record["detail"] = "what an earlier command left must be undone by hand first";
    return call.finish(std::move(record), ExitCode::partial, reason);
  }
  record["detail"] = call.redact(refusal->read_out());
  if (!refusal->next.empty()) {
    record["next"] = call.redact(refusal->next);
  }
  return call.finish(std::move(record), exit_code_of(refusal->kind), reason);
}

Result<Report> ActingCall::plan_only(const Context& context, json::Value record,
                                     std::vector<runtime::PlannedAction> plan) {
  const auto waits = runtime::needs_recovery(context.host, agent.declaration.name);
  if (!waits || *waits) {
    plan.insert(plan.begin(), {"recover", agent.declaration.name});
  }
  record["planOnly"] = true;
  record["actions"] = plan_json(plan, call.redactor());
  const json::Value document = {{"type", "LocalAgentPlan"},
                                {"agent", agent.declaration.name},
                                {"actions", record["actions"]}};
  SOURCEOS_TRY(call.add_json({"plan.json"}, collect::EntryKind::plan, document));
  call.policy(agent.hash);
  return call.finish(std::move(record), reason.empty() ? ExitCode::done : ExitCode::negative, reason);
}

json::Value actions_json(const std::vector<collect::ActionFacts>& rows,
                         const runtime::Redactor& redact) {
  json::Value list = json::Value::array();
  for (const collect::ActionFacts& row : rows) {
    json::Value one = row.to_json();
    one["target"] = redact(row.target);
    one["detail"] = redact(row.detail);
    if (one.at("argv").is_array()) {
      for (json::Value& word : one["argv"]) {
        word = redact(word.get<std::string>());
      }
    }
    list.push_back(std::move(one));
  }
  return list;
}

json::Value plan_json(const std::vector<runtime::PlannedAction>& plan,
                      const runtime::Redactor& redact) {
  json::Value list = json::Value::array();
  for (const runtime::PlannedAction& each : plan) {
    list.push_back(runtime::as_json(each, redact));
  }
  return list;
}

}  // namespace sourceos::cli
