#include "runtime/activation/agent_run.hpp"

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/interrupt.hpp"
#include "runtime/activation/agent_lock.hpp"
#include "runtime/agent/health.hpp"
#include "runtime/agent/rules.hpp"
#include "runtime/agent/start_bound.hpp"
#include "runtime/agent/thaw.hpp"

namespace sourceos::runtime {

namespace {

bool is_pass_over(const Candidate& candidate) { return candidate.failed_step == Step::preflight; }

std::vector<std::string> failing_checks(const Preflight& preflight) {
  std::vector<std::string> ids;
  for (const Check& check : preflight.checks) {
    if (check.status == CheckStatus::fail) {
      ids.emplace_back(check.id);
    }
  }
  return ids;
}

}  // namespace

void AgentRun::refuse(std::string name, AgentResult result, std::string reason, std::string detail) {
  outcome_.name = std::move(name);
  outcome_.result = result;
  outcome_.reason = std::move(reason);
  outcome_.detail = std::move(detail);
}

void AgentRun::refuse_unreadable(const UnreadableDeclaration& each) {
  refuse(each.name.empty() ? each.file.stem().string() : each.name, AgentResult::invalid_declaration,
         each.error.reason, each.error.read_out());
  if (is_agent_name(outcome_.name)) {
    Declaration d;
    d.name = outcome_.name;
    d.label = fmt::format("org.sourceos.agent.{}", d.name);
    see(AgentSite::of(d, ports_.host));
  }
}

// What is refused is told as it is, too.
void AgentRun::see(const AgentSite& site) {
  outcome_.states = read_host_state(ports_.host, ports_.backend, site, HealthCheck::skip);
  outcome_.before = outcome_.after = outcome_.states.phase;
}

bool AgentRun::fits_scope(const Declaration& d) {
  const bool is_root = ports_.host.environment.uid == 0;
  if ((options_.scope && *options_.scope != d.scope) || (d.scope == AgentScope::system && !is_root)) {
    refuse(d.name, AgentResult::refused, "scope-mismatch",
           fmt::format("it is of {} scope, and this account acts for {} scope", to_string(d.scope),
                       to_string(options_.scope.value_or(AgentScope::user))));
    return false;
  }
  return true;
}

// Whether this run may go on with the agent.
bool AgentRun::lock_and_recover(const Declaration& d) {
  const AgentPlaces places = places_of(d, ports_.host);
  const auto refuse_for = [&](const Error& error) {
    refuse(d.name, AgentResult::refused, error.reason, error.read_out());
    if (!error.next.empty()) {
      outcome_.remedies.push_back({error.reason, error.message, error.next});
    }
    return false;
  };
  auto lock = lock_agent(ports_.host, places, options_.lock_wait_ms, ports_.sleep);
  if (!lock) {
    return refuse_for(lock.error());
  }
  lock_ = std::move(*lock);
  auto recovery = recover(ports_.host, ports_.backend, d.name,
                          [this](std::string_view id) { return ports_.evidence.knows(id); });
  if (!recovery) {
    return refuse_for(recovery.error());
  }
  (void)thaw(ports_.host, ports_.backend, d);
  if (*recovery) {
    outcome_.recovered_transaction = std::move((*recovery)->transaction);
    outcome_.recovered = std::move((*recovery)->undo);
  }
  return true;
}

void AgentRun::run(const ReadDeclaration& agent) {
  const Declaration& d = agent.declaration;
  outcome_.name = d.name;
  if (!fits_scope(d)) {
    return;
  }
  const AgentSite site = AgentSite::of(d, ports_.host);
  if (!options_.dry_run && !lock_and_recover(d)) {
    see(site);
    return;
  }
  before_ = read_host_state(ports_.host, ports_.backend, site, HealthCheck::ask);
  outcome_.before = before_.phase;
  outcome_.drift = before_.drift;
  StepClock steps = clock();
  outcome_.candidate = check_agent(ports_.host, ports_.backend, agent, steps,
                                   {.own_override = before_.own_override,
                                    .podman_directory = ports_.podman_directory});
  decide(agent);
  finish();
}

void AgentRun::decide(const ReadDeclaration& agent) {
  const Candidate& candidate = outcome_.candidate;
  const Declaration& d = agent.declaration;
  const Target target = options_.no_start ? Target::enabled : Target::running;
  outcome_.reason = candidate.reason;
  outcome_.detail = candidate.detail;
  if (candidate.reason == "interrupted") {
    outcome_.result = AgentResult::interrupted;
  } else if (candidate.failed_step == Step::evaluate) {
    outcome_.result = AgentResult::invalid_declaration;
  } else if (!candidate.can_be_staged()) {
    outcome_.result = AgentResult::generate_failed;
  } else if (is_pass_over(candidate) && options_.enable_despite_preflight && !options_.stage_only &&
             d.enable && !before_.running) {
    outcome_.policy_decisions = failing_checks(*candidate.preflight);
    change(d, Target::enabled);
  } else if (!candidate.passed()) {
    stage(before_.definition ? AgentResult::staged_old_version_kept : AgentResult::staged,
          candidate.reason);
    quarantine_old();
  } else if (options_.stage_only || !d.enable) {
    stage(AgentResult::staged, d.enable ? "" : "disabled-by-declaration");
    outcome_.reached = options_.stage_only || !before_.definition;
  } else if (is_unchanged(candidate, before_, target)) {
    StepClock steps = clock();
    for (const Step step : {Step::install, Step::enable, Step::start}) {
      steps.mark(step, StepStatus::unchanged, "as declared already");
    }
    outcome_.result = AgentResult::unchanged;
    outcome_.reached = true;
  } else if (const auto held = held_while_running(d, target)) {
    outcome_.detail = *held;
    stage(AgentResult::staged_old_version_kept, "start-bound");
  } else {
    change(d, target);
  }
}

// What runs is not stopped for a version that its launcher would not start, nor the old one again.
std::optional<std::string> AgentRun::held_while_running(const Declaration& d, Target target) const {
  if (!before_.running || target != Target::running) {
    return std::nullopt;
  }
  return held_by_start_bound(d, outcome_.candidate.site.places, ports_.host.clock.now());
}

void AgentRun::stage(AgentResult result, std::string reason) {
  outcome_.result = result;
  outcome_.reason = std::move(reason);
  outcome_.remedies = remedies_of(outcome_.candidate);
  outcome_.then = fmt::format("sourceos-agent activate {}", options_.declarations_argument);
  if (options_.dry_run) {
    return;
  }
  auto directory = write_staging(ports_.host, outcome_.candidate, outcome_.remedies,
                                 {.root = options_.staging_root,
                                  .next = outcome_.then,
                                  .redact = ports_.redact,
                                  .undo = outcome_.rollback});
  if (directory) {
    outcome_.staging = std::move(*directory);
  } else {
    outcome_.result = AgentResult::failed;
    outcome_.reason = outcome_.reason.empty() ? "staging-failed" : outcome_.reason;
    outcome_.detail = directory.error().read_out();
  }
}

// Everything that must be there before the first line of the journal, and that line.
Status AgentRun::begin_change() {
  Candidate& candidate = outcome_.candidate;
  SOURCEOS_TRY(make_owner_tag(candidate.site.places, candidate.site.declaration.name, ports_.host));
  SOURCEOS_TRY_ASSIGN(candidate.launcher, launcher_of(ports_.host, candidate.site));
  candidate.definition = definition_of(ports_.host, candidate.site);
  if (has_high(lint_definition(ports_.host, candidate.site, candidate.definition))) {
    return fail(ErrorKind::refused, "service-lint", "a drop-in changed meanwhile");
  }
  SOURCEOS_TRY_ASSIGN(transaction_, Transaction::begin(ports_.host, ports_.backend, candidate.site, id_));
  return {};
}

void AgentRun::change(const Declaration& d, Target target) {
  Candidate& candidate = outcome_.candidate;
  candidate.site.declaration = d;
  if (!outcome_.policy_decisions.empty()) {
    // What is enabled although a check failed can neither start by itself nor loop.
    candidate.site.declaration.run_at_load = false;
    candidate.site.declaration.keep_alive = false;
    candidate.site.declaration.restart = RestartPolicy::manual;
  }
  if (options_.dry_run) {
    plan_change(target);
    return;
  }
  if (const Status begun = begin_change(); !begun) {
    outcome_.result = AgentResult::failed;
    outcome_.reason = begun.error().kind == ErrorKind::refused ? begun.error().reason : "journal-unwritable";
    outcome_.detail = begun.error().read_out();
    return;
  }
  StepClock steps = clock();
  ChangeResult result = apply_change(ports_.host, ports_.backend, *transaction_, candidate, before_,
                                     steps, {.target = target, .sleep = ports_.sleep});
  if (!result.failed_step) {
    if (const Status noted = record_state(target); !noted) {
      result.failed_step = Step::install;
      result.reason = "state-unwritable";
      result.detail = noted.error().read_out();
    } else if (ports_.host.is_interrupted()) {
      result.failed_step = Step::install;
      result.reason = "interrupted";
    }
  }
  outcome_.commands = transaction_->commands();
  if (result.failed_step) {
    roll_back(result);
    return;
  }
  outcome_.result = target == Target::running ? AgentResult::running : AgentResult::enabled;
  outcome_.reached = outcome_.policy_decisions.empty();
}

Status AgentRun::record_state(Target target) {
  const Candidate& candidate = outcome_.candidate;
  AgentState state = before_.notes;
  state.phase = target == Target::running ? AgentPhase::running : AgentPhase::enabled;
  state.managed_by = "activation";
  state.declaration_hash = candidate.declaration_hash;
  state.launcher_sha256 = bundle::sha256(candidate.launcher).hex();
  state.definition_sha256 = bundle::sha256(candidate.definition).hex();
  state.definition_path = candidate.site.places.definition.string();
  state.transaction_id = id_;
  state.reason.clear();
  state.detail.clear();
  state.own_override = false;
  state.updated_at = format_seconds(ports_.host.clock.now());
  // What to prune by, when nothing declares the agent any more.
  SOURCEOS_TRY(host::write_file_atomically(candidate.site.places.state / "agent.json",
                                           as_json(candidate.site.declaration).dump() + "\n", 0600,
                                           host::Durability::synced));
  return transaction_->write_file(Step::install, Place::state, as_json(state).dump(2) + "\n", 0600,
                                  "state");
}

void AgentRun::roll_back(const ChangeResult& failed) {
  const host::InterruptShield shield;
  const bool is_interrupt = failed.reason == "interrupted";
  const bool is_kept_for_inspection = failed.failed_step == Step::start && !is_interrupt &&
                                      !options_.strict && !before_.definition;
  outcome_.rollback = transaction_->rollback(is_kept_for_inspection ? Step::enable : Step::install);
  if (before_.running && outcome_.rollback.complete && !is_old_healthy_again()) {
    outcome_.rollback.complete = false;
    outcome_.rollback.actions.push_back({.undo = Undo::start,
                                         .detail = "the earlier version was started and is not healthy",
                                         .command = fmt::format("sourceos-agent status {}", outcome_.name)});
  }
  const bool is_restored = before_.definition && outcome_.rollback.complete && !is_interrupt;
  outcome_.result = is_interrupt  ? AgentResult::interrupted
                    : is_restored ? AgentResult::old_version_restored
                                  : AgentResult::failed;
  outcome_.reason = failed.reason;
  outcome_.detail = failed.detail;
  close(outcome_.rollback.complete ? LineStatus::rolled_back : LineStatus::incomplete);
  note_failure(failed);
  if (!outcome_.rollback.complete) {
    const AgentResult result = outcome_.result;
    stage(result, failed.reason);
  }
  quarantine_old();
}

// The container of the version that failed may still be on its way out when the earlier one is
// started: its manager tries again, within the bound.
bool AgentRun::is_old_healthy_again() {
  constexpr std::uint64_t k_interval_ms = 250;
  const AgentSite& site = outcome_.candidate.site;
  for (std::uint64_t waited = 0; waited <= site.declaration.startup_timeout_s * 1000;
       waited += k_interval_ms) {
    if (ports_.backend.status(site.service).active && is_healthy(ports_.host, site.declaration)) {
      return true;
    }
    ports_.sleep(k_interval_ms);
  }
  return false;
}

// After a rollback: our notes say what failed and whether a disabled override is ours.
void AgentRun::note_failure(const ChangeResult& failed) {
  const AgentSite& site = outcome_.candidate.site;
  AgentState notes = read_state(site.places);
  const ServiceStatus now = ports_.backend.status(site.service);
  if (!before_.definition) {
    notes.phase = AgentPhase::failed;
    notes.reason = failed.reason;
    notes.detail = failed.detail;
    notes.managed_by = "activation";
    const bool is_installed = host::describe(site.places.definition).has_value();
    notes.definition_path = is_installed ? site.places.definition.string() : std::string();
    notes.definition_sha256 =
        is_installed ? bundle::sha256(outcome_.candidate.definition).hex() : std::string();
    notes.launcher_sha256 =
        is_installed ? bundle::sha256(outcome_.candidate.launcher).hex() : std::string();
  }
  notes.own_override =
      now.disabled_override && (before_.own_override || !before_.service.disabled_override);
  (void)write_state(site.places, notes, ports_.host.clock.now());
}

void AgentRun::close(LineStatus how) {
  // A transaction that cannot be closed is undone by the next command, which finds it undone.
  (void)transaction_->close(how);
  transaction_.reset();
}

void AgentRun::quarantine_old() {
  if (!options_.quarantine_unsafe || options_.dry_run || !before_.definition ||
      !has_high(outcome_.candidate.installed_findings)) {
    return;
  }
  if (const Status done = ports_.quarantine(outcome_.candidate.site, "unsafe-old-version"); !done) {
    outcome_.detail = done.error().read_out();
    outcome_.rollback.complete = false;
    return;
  }
  outcome_.result = AgentResult::quarantined;
}

void AgentRun::prune(const Declaration& d) {
  outcome_.name = d.name;
  if (!fits_scope(d)) {
    return;
  }
  const AgentSite site = AgentSite::of(d, ports_.host);
  if (!options_.dry_run && !lock_and_recover(d)) {
    see(site);
    return;
  }
  outcome_.candidate.site = site;
  before_ = read_host_state(ports_.host, ports_.backend, site, HealthCheck::skip);
  outcome_.before = before_.phase;
  if (options_.dry_run) {
    outcome_.result = AgentResult::planned;
    outcome_.plan = ports_.backend.stop_commands(site.service);
    for (const auto& argv : ports_.backend.disable_commands(site.service)) {
      outcome_.plan.push_back(argv);
    }
    outcome_.reached = true;
  } else if (const Status done = ports_.quarantine(site, "prune"); done) {
    outcome_.result = AgentResult::pruned;
    outcome_.reached = true;
  } else {
    outcome_.result = AgentResult::failed;
    outcome_.reason = done.error().reason;
    outcome_.detail = done.error().read_out();
    outcome_.rollback.complete = false;
  }
  finish();
}

void AgentRun::plan_change(Target target) {
  const AgentSite& site = outcome_.candidate.site;
  const auto add = [&](const ServiceBackend::Commands& commands) {
    outcome_.plan.insert(outcome_.plan.end(), commands.begin(), commands.end());
  };
  if (before_.service.active) {
    add(ports_.backend.stop_commands(site.service));
  }
  outcome_.plan.push_back({"write", site.places.launcher.string()});
  outcome_.plan.push_back({"write", site.places.definition.string()});
  add(ports_.backend.reload_commands(site.service));
  add(ports_.backend.enable_commands(site.service));
  if (target == Target::running) {
    add(ports_.backend.start_commands(site.service));
  }
  StepClock steps = clock();
  for (const Step step : {Step::install, Step::enable, Step::start}) {
    steps.mark(step, StepStatus::planned, "");
  }
  outcome_.result = AgentResult::planned;
  outcome_.reached = outcome_.policy_decisions.empty();
}

void AgentRun::finish() {
  outcome_.states = read_host_state(ports_.host, ports_.backend, outcome_.candidate.site,
                                    HealthCheck::skip);
  outcome_.after = outcome_.states.phase;
}

bool AgentRun::commit(const std::string& bundle) {
  if (!transaction_) {
    return true;
  }
  const bool noted = transaction_->close(LineStatus::committed).has_value();
  transaction_.reset();
  if (!noted) {
    outcome_.reason = "journal-unwritable";
    outcome_.reached = false;
  } else {
    const AgentPlaces& places = outcome_.candidate.site.places;
    AgentState notes = read_state(places);
    notes.last_bundle = bundle;  // a note that fails costs `status` one line
    (void)write_state(places, std::move(notes), ports_.host.clock.now());
  }
  return noted;
}

void AgentRun::take_back(std::string reason) {
  if (transaction_) {
    ChangeResult failed;
    failed.failed_step = Step::report;
    failed.reason = std::move(reason);
    failed.detail = "the bundle could not be written";
    outcome_.reached = false;
    roll_back(failed);
    finish();
  }
}

}  // namespace sourceos::runtime
