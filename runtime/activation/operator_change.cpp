#include "runtime/activation/operator_change.hpp"

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "host/interrupt.hpp"
#include "runtime/agent/launcher.hpp"
#include "runtime/agent/podman_calls.hpp"

namespace sourceos::runtime {

namespace {

ActResult failed(const Error& error) {
  return {.ok = false, .changed = false, .reason = error.reason, .detail = error.read_out()};
}

std::string after_complaint(const Declaration& d) {
  const std::string words = launcher_complaint(d);
  return words.empty() ? words : "; the launcher says: " + words;
}

}  // namespace

OperatorChange::OperatorChange(host::Host& host, ServiceBackend& backend, const ReadDeclaration& agent,
                               ActionLog& log, OperatorSetting setting)
    : host_(host), backend_(backend), agent_(agent), log_(log), setting_(std::move(setting)) {
  candidate_.site = AgentSite::of(agent.declaration, host);
  candidate_.site.podman_directory = setting_.podman_directory;
  candidate_.declaration_hash = agent.hash;
}

Status OperatorChange::prepare() {
  const AgentSite& site = candidate_.site;
  SOURCEOS_TRY(make_owner_tag(site.places, site.declaration.name, host_));
  SOURCEOS_TRY_ASSIGN(candidate_.launcher, launcher_of(host_, site));
  candidate_.definition = definition_of(host_, site);
  before_ = read_host_state(host_, backend_, site, HealthCheck::skip);
  return {};
}

ActResult OperatorChange::install() {
  if (const Status prepared = prepare(); !prepared) {
    return failed(prepared.error());
  }
  return apply({.first = Step::install, .target = Target::installed, .sleep = setting_.sleep},
               AgentPhase::installed);
}

ActResult OperatorChange::start() {
  const AgentSite& site = candidate_.site;
  if (site.declaration.auth_mode == AuthMode::service_account) {
    return {.ok = false, .changed = false, .reason = "token-door-unavailable",
            .detail = "no token door can resolve the service account yet"};
  }
  before_ = read_host_state(host_, backend_, site, HealthCheck::ask);
  if (before_.enabled && before_.running) {
    log_.skipped("start", site.service.unit, "it runs already");
    (void)write_state(site.places, notes_of(AgentPhase::running), host_.clock.now());
    return {};
  }
  return apply({.first = Step::enable, .target = Target::running, .sleep = setting_.sleep},
               AgentPhase::running);
}

ActResult OperatorChange::apply(const ChangeSetting& setting, AgentPhase phase) {
  auto begun = Transaction::begin(host_, backend_, candidate_.site, setting_.transaction, &log_);
  if (!begun) {
    return failed(begun.error());
  }
  transaction_.emplace(std::move(*begun));
  if (setting.target == Target::running) {
    std::error_code ignored;  // the bound counts from a start that a person asked for
    for (const char* name : k_start_counts) {
      std::filesystem::remove(candidate_.site.places.state / name, ignored);
    }
  }
  StepRecords records = new_step_records();
  StepClock clock(host_, records);
  ChangeResult result =
      apply_change(host_, backend_, *transaction_, candidate_, before_, clock, setting);
  const bool changed = transaction_->has_changes();
  if (!result.failed_step) {
    if (const Status noted = note(setting.first, phase); !noted) {
      result.failed_step = setting.first;
      result.reason = noted.error().reason == "no-space" ? "no-space" : "state-unwritable";
      result.detail = noted.error().read_out();
    } else if (host_.is_interrupted()) {
      result.failed_step = setting.first;
      result.reason = "interrupted";
    }
  }
  if (!result.failed_step) {
    const std::string detail = phase == AgentPhase::running
                                   ? records[static_cast<std::size_t>(Step::start) - 1].detail
                                   : std::string();
    return {.ok = true, .changed = changed, .reason = {}, .detail = detail};
  }
  if (*result.failed_step != Step::install) {
    result.detail += after_complaint(candidate_.site.declaration);
  }
  roll_back(*result.failed_step);
  if (*result.failed_step != Step::install) {
    AgentState notes = read_state(candidate_.site.places);
    notes.phase = AgentPhase::failed;
    notes.reason = result.reason;
    notes.detail = result.detail;
    notes.own_override = backend_.status(candidate_.site.service).disabled_override &&
                         (before_.own_override || !before_.service.disabled_override);
    (void)write_state(candidate_.site.places, std::move(notes), host_.clock.now());
  }
  return {.ok = false, .changed = true, .reason = result.reason, .detail = result.detail};
}

AgentState OperatorChange::notes_of(AgentPhase phase) const {
  AgentState state = before_.notes;
  state.phase = phase;
  state.reason.clear();
  state.detail.clear();
  state.transaction_id = setting_.transaction;
  if (state.managed_by.empty()) {
    state.managed_by = "operator";
  }
  if (phase == AgentPhase::installed) {
    state.declaration_hash = agent_.hash;
    state.definition_path = candidate_.site.places.definition.string();
    state.definition_sha256 = bundle::sha256(candidate_.definition).hex();
    state.launcher_sha256 = bundle::sha256(candidate_.launcher).hex();
  } else {
    state.own_override = false;
    if (const auto now = find_container(host_, candidate_.site.declaration)) {
      state.container_id = now->id;
    }
  }
  return state;
}

Status OperatorChange::note(Step step, AgentPhase phase) {
  const AgentPhase noted = before_.notes.phase;
  // A second install of what runs already leaves the notes as they are.
  const bool is_known = phase == AgentPhase::installed && !transaction_->has_changes() &&
                        before_.notes.declaration_hash == agent_.hash && noted != AgentPhase::absent &&
                        noted != AgentPhase::staged && noted != AgentPhase::quarantined;
  if (is_known) {
    return {};
  }
  AgentState state = notes_of(phase);
  state.updated_at = format_seconds(host_.clock.now());
  return transaction_->write_file(step, Place::state, as_json(state).dump(2) + "\n", 0600, "state");
}

void OperatorChange::roll_back(Step failed) {
  const host::InterruptShield shield;
  rollback_ = transaction_->rollback(Step::install);
  for (const UndoAction& action : rollback_.actions) {
    log_.add(action_facts(action, candidate_.site.declaration.name, host_.clock.now()));
  }
  if (failed != Step::install) {
    put_out_of_service();
  }
  // A transaction that cannot be closed is undone by the next command, which finds it undone.
  (void)transaction_->close(rollback_.complete ? LineStatus::rolled_back : LineStatus::incomplete);
  transaction_.reset();
}

// What was enabled or ran unhealthy before it was started is not left to try again by itself.
void OperatorChange::put_out_of_service() {
  const AgentSite& site = candidate_.site;
  if (backend_.status(site.service).active) {
    (void)log_.order("stop", site.service.unit,
                     backend_.stop(site.service, stop_timeout_ms(site.declaration)));
    (void)log_.order("stop-container", site.declaration.container_name,
                     stop_container(host_, site.declaration));
  }
  if (backend_.status(site.service).enabled) {
    // In the journal too: by it the next command knows whose override launchd keeps.
    (void)transaction_->give({.step = Step::start, .action = Action::disable, .undo = Undo::none,
                              .give = [&] { return backend_.disable(site.service); }, .expected = {}});
  }
}

bool OperatorChange::commit() {
  const bool noted = !transaction_ || transaction_->close(LineStatus::committed);
  transaction_.reset();
  return noted;
}

void OperatorChange::take_back() {
  if (transaction_) {
    roll_back(Step::install);
  }
}

}  // namespace sourceos::runtime
