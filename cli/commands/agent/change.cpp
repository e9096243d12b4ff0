// stage, install, start, stop and restart.
#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <thread>

#include <fmt/format.h>

#include "cli/agent_call.hpp"
#include "cli/agent_text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/option_sets.hpp"
#include "cli/render.hpp"
#include "core/bytes.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "runtime/activation/operator_change.hpp"
#include "runtime/agent/actor.hpp"
#include "runtime/agent/asking_once.hpp"
#include "runtime/agent/stage.hpp"
#include "runtime/agent/start_bound.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_own_options = {k_declaration_option};
constexpr auto k_options = joined(k_own_options, k_mutating_options);
constexpr std::array k_stage_own_options = {
    k_declaration_option, output_option("Directory for the staging directory", ValueKind::directory)};
constexpr auto k_stage_options = joined(k_stage_own_options, k_mutating_options);
constexpr std::array k_operands = {Operand{.name = "NAME", .help = "Name of a declared agent"}};

constexpr std::size_t k_transaction_bytes = 16;

enum class Verb { stage, install, start, stop, restart };

constexpr std::string_view word_of(Verb verb) {
  switch (verb) {
    case Verb::stage: return "stage";
    case Verb::install: return "install";
    case Verb::start: return "start";
    case Verb::stop: return "stop";
    case Verb::restart: return "restart";
  }
  return "";
}

// One call of a command that changes an agent.
class Change {
 public:
  Change(Verb verb, const Options& options, Context& context, ActingCall& acting)
      : verb_(verb),
        options_(options),
        context_(context),
        acting_(acting),
        agent_(acting.agent),
        call_(acting.call),
        backend_(*acting.backend),
        log_(context.host),
        actor_(context.host, backend_, agent_, log_),
        transaction_(hex_encode(context.host.random.bytes(k_transaction_bytes))),
        change_(context.host, backend_, agent_, log_,
                {.transaction = transaction_,
                 .podman_directory = podman_directory(context),
                 .sleep = [](std::uint64_t ms) {
                   std::this_thread::sleep_for(std::chrono::milliseconds(ms));
                 }}),
        record_(acting.new_change(word_of(verb))) {}

  Result<Report> run() {
    if (!acting_.reason.empty()) {
      return acting_.refuse(std::move(record_));
    }
    if (needs_preflight()) {
      runtime::PreflightSetting setting;
      setting.assume_made = verb_ == Verb::install || verb_ == Verb::stage;
      setting.own_override = runtime::has_own_override(actor_.places()) && verb_ != Verb::stage;
      const runtime::LookedAt looked(context_.host);
      preflight_ = runtime::run_preflight(looked.host(), backend_, agent_, setting);
      const json::Value document = runtime::as_json(*preflight_, call_.redactor());
      SOURCEOS_TRY(call_.add_json({"preflight.json"}, collect::EntryKind::check_report, document));
      call_.add_findings(preflight_->policy_findings, {"preflight.json"});
      call_.add_probes(preflight_->probes);
      record_["preflight"] = document;
    }
    decide();
    if (!acting_.acts) {
      point_at_fix();
      acting_.reason = reason_;
      return acting_.plan_only(context_, std::move(record_), plan_);
    }
    call_.policy(agent_.hash);
    const json::Value plan = {{"type", "LocalAgentPlan"}, {"agent", agent_.declaration.name},
                              {"actions", plan_json(plan_, call_.redactor())}};
    SOURCEOS_TRY(call_.add_json({"plan.json"}, collect::EntryKind::plan, plan));
    if (reason_.empty() || stages_) {
      SOURCEOS_TRY(call_.intend(fmt::format("sourceos-agent {}", word_of(verb_)), agent_, plan_, transaction_));
      act();
    }
    record_["actions"] = actions_json(log_.rows(), call_.redactor());
    SOURCEOS_TRY(call_.add_json({"actions.json"}, collect::EntryKind::lifecycle_action, record_["actions"]));
    call_.actions(log_.take());
    return finish();
  }

 private:
  // Of what is not installed nothing else needs to be said.
  [[nodiscard]] bool needs_preflight() const {
    const bool starts = verb_ == Verb::start || verb_ == Verb::restart;
    return verb_ != Verb::stop && (!starts || is_installed());
  }
  [[nodiscard]] bool is_installed() const {
    return host::describe(actor_.places().definition).has_value();
  }

  // What runs is not stopped when its launcher would not start it again.
  [[nodiscard]] std::optional<std::string> held_while_running() {
    return verb_ == Verb::restart && backend_.status(actor_.service()).active
               ? runtime::held_by_start_bound(agent_.declaration, actor_.places(), context_.host.clock.now())
               : std::nullopt;
  }

  // Whoever took it apart had a reason; where to read it comes before installing it again.
  void say_if_quarantined() {
    const runtime::AgentState state = runtime::read_state(actor_.places());
    if (state.phase == runtime::AgentPhase::quarantined) {
      record_["detail"] = call_.redact("it was quarantined; what was seen then is in " + state.last_quarantine);
    }
  }

  // What would be done, and why not.
  void decide() {
    const bool invalid = !agent_.is_valid();
    switch (verb_) {
      case Verb::stage:
        reason_ = invalid ? "invalid-declaration" : "";
        stages_ = !invalid;
        break;
      case Verb::install:
        if (invalid) {
          reason_ = "invalid-declaration";
        } else if (!agent_.declaration.enable) {
          reason_ = "agent-disabled";
          stages_ = true;
        } else if (!preflight_->passed()) {
          reason_ = preflight_->reason();
          stages_ = true;
        } else {
          plan_ = actor_.install_plan();
        }
        break;
      case Verb::start:
      case Verb::restart:
        if (!is_installed()) {
          reason_ = "not-installed";
          record_["next"] = context_.command_line("install " + agent_.declaration.name);
          say_if_quarantined();
        } else if (!preflight_->passed()) {
          reason_ = preflight_->reason();
        } else if (const auto held = held_while_running()) {
          reason_ = "start-bound";
          record_["detail"] = *held;
        }
        if (verb_ == Verb::restart) {
          plan_ = actor_.stop_plan();
        }
        for (runtime::PlannedAction& each : actor_.start_plan()) {
          plan_.push_back(std::move(each));
        }
        break;
      case Verb::stop:
        plan_ = actor_.stop_plan();
        break;
    }
    if (stages_) {
      const auto root = options_.value("--output");
      directory_ = runtime::fresh_directory(
          root ? std::filesystem::absolute(*root) : actor_.places().staging_root,
          agent_.declaration.name, context_.host.clock.now());
      plan_ = {{"stage", directory_.string()}};
    }
    if (reason_.empty() && verb_ == Verb::stage && !preflight_->passed()) {
      record_["detail"] = fmt::format("staged; preflight: {}", preflight_->reason());
    }
  }

  void act() {
    if (stages_) {
      const Status staged = runtime::stage_agent(context_.host, agent_, *preflight_, call_.redactor(),
                                                 directory_, log_);
      if (staged) {
        record_["stagingDir"] = call_.redact(directory_.string());
        changed_ = true;
        note_staged();
      } else {
        take({.ok = false, .changed = false, .reason = staged.error().reason,
              .detail = staged.error().read_out()});
      }
      return;
    }
    switch (verb_) {
      case Verb::install: take(change_.install()); break;
      case Verb::start: take(change_.start()); break;
      case Verb::stop: take(actor_.stop()); break;
      case Verb::restart:
        take(actor_.stop());
        if (reason_.empty()) {
          take(change_.start());
        }
        break;
      case Verb::stage: break;
    }
  }

  // Only an agent that is nowhere else becomes `staged`.
  void note_staged() {
    runtime::AgentState state = runtime::read_state(actor_.places());
    if (!is_installed() && state.phase != runtime::AgentPhase::quarantined) {
      state.phase = runtime::AgentPhase::staged;
      state.reason = reason_.empty() ? preflight_->reason() : reason_;
      (void)runtime::write_state(actor_.places(), std::move(state), context_.host.clock.now());
    }
  }

  void take(const runtime::ActResult& result) {
    changed_ = changed_ || result.changed;
    if (!result.ok) {
      reason_ = context_.host.is_interrupted() ? "interrupted" : result.reason;
    }
    if (!result.detail.empty()) {
      record_["detail"] = call_.redact(result.detail);
    }
  }

  void point_at_fix() {
    if (!agent_.is_valid() && !reason_.empty()) {
      record_["next"] = call_.redact("correct " + text::shell_word(agent_.file.string()));
    }
    if (!reason_.empty() && preflight_ && preflight_->first_failure() != nullptr && !record_.contains("next")) {
      record_["next"] = call_.redact(preflight_->first_failure()->remediation);
    }
  }

  Result<Report> finish() {
    record_["changed"] = changed_;
    point_at_fix();
    if (reason_.empty() && verb_ == Verb::install) {
      record_["next"] = context_.command_line("start " + agent_.declaration.name);
    }
    record_["byHand"] = json::Value::array();
    for (const runtime::UndoAction& action : change_.rollback().actions) {
      if (!action.command.empty()) {
        record_["byHand"].push_back(call_.redact(action.command));
      }
    }
    const ExitCode code = !change_.rollback().complete ? ExitCode::partial
                          : reason_ == "interrupted"  ? ExitCode::interrupted
                          : reason_ == "no-space"   ? ExitCode::failure
                          : reason_.empty()         ? ExitCode::done
                                                    : ExitCode::negative;
    const bool acted = changed_ && code != ExitCode::interrupted;
    auto sealed = call_.finish(std::move(record_), code, reason_);
    const bool is_taken_back = call_.bundle_id().empty() && change_.is_open();
    if (is_taken_back) {  // what cannot be told is not done
      change_.take_back();
    }
    SOURCEOS_TRY_ASSIGN(Report report, std::move(sealed));
    if (is_taken_back) {
      report.record()["detail"] = "taken back, since its bundle could not be written";
      report.record().erase("next");
    }
    if (!change_.commit()) {
      return Report(std::move(report.record()), ExitCode::partial, "journal-unwritable");
    }
    if (acted && host::describe(actor_.places().state / "state.json")) {
      runtime::AgentState state = runtime::read_state(actor_.places());
      state.last_bundle = call_.bundle_id();
      (void)runtime::write_state(actor_.places(), std::move(state), context_.host.clock.now());
    }
    return report;
  }

  Verb verb_;
  const Options& options_;
  Context& context_;
  ActingCall& acting_;
  const runtime::ReadDeclaration& agent_;
  AgentCall& call_;
  runtime::ServiceBackend& backend_;
  runtime::ActionLog log_;
  runtime::Actor actor_;
  std::string transaction_;
  runtime::OperatorChange change_;
  std::optional<runtime::Preflight> preflight_;
  std::vector<runtime::PlannedAction> plan_;
  std::filesystem::path directory_;
  json::Value record_;
  std::string reason_;
  bool stages_ = false;
  bool changed_ = false;
};

template <Verb verb>
Result<Report> change(const Options& options, Context& context) {
  constexpr auto k_journal = verb == Verb::stop ? ActingCall::Journal::in_doubt : ActingCall::Journal::must_fit;
  SOURCEOS_TRY_ASSIGN(ActingCall acting, ActingCall::begin(options, context, k_journal));
  return Change(verb, options, context, acting).run();
}

// The five commands differ in word, options and summary.
constexpr Command command_of(Verb verb, std::span<const Option> options, Result<Report> (*run)(const Options&, Context&),
                             std::string_view summary, std::string_view description = {}) {
  return {.name = word_of(verb),
          .summary = summary,
          .description = description,
          .options = options,
          .operands = k_operands,
          .run = run,
          .print = print_change,
          .store = StoreUse::optional};
}

}  // namespace

constinit const Command k_agent_stage =
    command_of(Verb::stage, k_stage_options, change<Verb::stage>,
               "write what would be installed into a staging directory; register nothing");

constinit const Command k_agent_install =
    command_of(Verb::install, k_options, change<Verb::install>,
               "install an agent whose preflight passes; neither enabled nor started",
               "When the preflight fails the agent is staged instead, and the exit code is 1.");

constinit const Command k_agent_start =
    command_of(Verb::start, k_options, change<Verb::start>,
               "enable and start an installed agent and wait until it is healthy");

constinit const Command k_agent_stop =
    command_of(Verb::stop, k_options, change<Verb::stop>,
               "stop an agent's service and container; it stays installed");

constinit const Command k_agent_restart =
    command_of(Verb::restart, k_options, change<Verb::restart>,
               "stop, then start; start is not tried when stop failed");

}  // namespace sourceos::cli
