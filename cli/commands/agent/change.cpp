// stage, install, start, stop and restart.
#include <array>

#include <fmt/format.h>

#include "cli/agent_call.hpp"
#include "cli/commands/commands.hpp"
#include "cli/option_sets.hpp"
#include "cli/render.hpp"
#include "core/json/json.hpp"
#include "host/host.hpp"
#include "runtime/agent/actor.hpp"
#include "runtime/agent/stage.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_own_options = {k_declaration_option};
constexpr auto k_options = joined(k_own_options, k_mutating_options);
constexpr std::array k_stage_own_options = {
    k_declaration_option, output_option("Directory for the staging directory", ValueKind::directory)};
constexpr auto k_stage_options = joined(k_stage_own_options, k_mutating_options);
constexpr std::array k_operands = {Operand{.name = "NAME", .help = "Name of a declared agent"}};

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
  Change(Verb verb, const Options& options, Context& context, const runtime::ReadDeclaration& agent,
         AgentCall& call)
      : verb_(verb),
        options_(options),
        context_(context),
        agent_(agent),
        call_(call),
        backend_(runtime::make_backend(context.host)),
        log_(context.host),
        actor_(context.host, *backend_, agent, log_, podman_directory(context)) {
    record_ = new_record(fmt::format("agent-{}", word_of(verb)));
    record_["type"] = "LocalAgentChange";
    record_["command"] = word_of(verb);
    record_["agent"] = agent.declaration.name;
  }

  Result<Report> run(Permission permission) {
    if (needs_preflight()) {
      runtime::PreflightSetting setting;
      setting.assume_made = verb_ == Verb::install || verb_ == Verb::stage;
      setting.own_override = runtime::read_state(actor_.places()).own_override && verb_ != Verb::stage;
      preflight_ = runtime::run_preflight(context_.host, *backend_, agent_, setting);
      const json::Value document = runtime::as_json(*preflight_, call_.redactor());
      SOURCEOS_TRY(call_.add_json({"preflight.json"}, collect::EntryKind::check_report, document));
      call_.add_findings(preflight_->policy_findings, {"preflight.json"});
      call_.add_probes(preflight_->probes);
      record_["preflight"] = document;
    }
    decide();
    call_.policy(agent_.hash);
    json::Value plan = {{"type", "LocalAgentPlan"}, {"agent", agent_.declaration.name},
                        {"actions", plan_json(plan_, call_.redactor())}};
    SOURCEOS_TRY(call_.add_json({"plan.json"}, collect::EntryKind::plan, plan));
    if (permission == Permission::plan) {
      record_["planOnly"] = true;
      record_["changed"] = false;
      record_["actions"] = plan["actions"];
      return finish();
    }
    if (reason_.empty() || stages_) {
      SOURCEOS_TRY(call_.intend(fmt::format("sourceos-agent {}", word_of(verb_)), agent_, plan_));
      act();
    }
    record_["planOnly"] = false;
    record_["actions"] = actions_json(log_.rows(), call_.redactor());
    SOURCEOS_TRY(call_.add_json({"actions.json"}, collect::EntryKind::lifecycle_action, record_["actions"]));
    call_.actions(log_.take());
    return finish();
  }

 private:
  [[nodiscard]] bool needs_preflight() const { return verb_ != Verb::stop; }
  [[nodiscard]] bool is_installed() const {
    return host::describe(actor_.places().definition).has_value();
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
        } else if (!preflight_->passed()) {
          reason_ = preflight_->reason();
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
      case Verb::install: take(actor_.install()); break;
      case Verb::start: take(actor_.start()); break;
      case Verb::stop: take(actor_.stop()); break;
      case Verb::restart:
        take(actor_.stop());
        if (reason_.empty()) {
          take(actor_.start());
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
      reason_ = result.reason;
    }
    if (!result.detail.empty()) {
      record_["detail"] = call_.redact(result.detail);
    }
  }

  Result<Report> finish() {
    if (!record_.contains("changed")) {
      record_["changed"] = changed_;
    }
    if (!reason_.empty() && preflight_ && preflight_->first_failure() != nullptr && !record_.contains("next")) {
      record_["next"] = call_.redact(preflight_->first_failure()->remediation);
    }
    const ExitCode code = reason_ == "interrupted"  ? ExitCode::interrupted
                          : reason_ == "no-space"   ? ExitCode::failure
                          : reason_.empty()         ? ExitCode::done
                                                    : ExitCode::negative;
    const bool acted = changed_ && code != ExitCode::interrupted;
    SOURCEOS_TRY_ASSIGN(Report report, call_.finish(std::move(record_), code, reason_));
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
  const runtime::ReadDeclaration& agent_;
  AgentCall& call_;
  std::unique_ptr<runtime::ServiceBackend> backend_;
  runtime::ActionLog log_;
  runtime::Actor actor_;
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
  SOURCEOS_TRY_ASSIGN(const Permission permission, ask_permission(options, context));
  SOURCEOS_TRY_ASSIGN(const runtime::Catalog catalog, load_catalog(options, context));
  SOURCEOS_TRY_ASSIGN(const runtime::ReadDeclaration* agent, catalog.find(options.operands()[0]));
  SOURCEOS_TRY_ASSIGN(AgentCall call, AgentCall::begin(context, agent->declaration.name,
                                                       permission == Permission::act
                                                           ? bundle::Mode::apply
                                                           : bundle::Mode::dry_run));
  return Change(verb, options, context, *agent, call).run(permission);
}

}  // namespace

constinit const Command k_agent_stage = {
    .name = "stage",
    .summary = "write what would be installed into a staging directory; register nothing",
    .options = k_stage_options,
    .operands = k_operands,
    .run = change<Verb::stage>,
    .print = print_change,
    .store = StoreUse::optional,
};

constinit const Command k_agent_install = {
    .name = "install",
    .summary = "install an agent whose preflight passes; neither enabled nor started",
    .description = "When the preflight fails the agent is staged instead, and the exit code is 1.",
    .options = k_options,
    .operands = k_operands,
    .run = change<Verb::install>,
    .print = print_change,
    .store = StoreUse::optional,
};

constinit const Command k_agent_start = {
    .name = "start",
    .summary = "enable and start an installed agent and wait until it is healthy",
    .options = k_options,
    .operands = k_operands,
    .run = change<Verb::start>,
    .print = print_change,
    .store = StoreUse::optional,
};

constinit const Command k_agent_stop = {
    .name = "stop",
    .summary = "stop an agent's service and container; it stays installed",
    .options = k_options,
    .operands = k_operands,
    .run = change<Verb::stop>,
    .print = print_change,
    .store = StoreUse::optional,
};

constinit const Command k_agent_restart = {
    .name = "restart",
    .summary = "stop, then start; start is not tried when stop failed",
    .options = k_options,
    .operands = k_operands,
    .run = change<Verb::restart>,
    .print = print_change,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
