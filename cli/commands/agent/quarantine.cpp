// quarantine and uninstall.
#include <array>

#include <fmt/format.h>

#include "cli/agent_call.hpp"
#include "cli/agent_text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/option_sets.hpp"
#include "cli/render.hpp"
#include "core/json/json.hpp"
#include "host/host.hpp"
#include "redact/pipeline.hpp"
#include "runtime/agent/quarantine.hpp"
#include "runtime/agent/stage.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_quarantine_own_options = {
    k_declaration_option, output_option("Directory for the quarantine directory", ValueKind::directory),
    Option{.name = "--keep-container", .help = "Commit a container that removes itself; the default"},
    Option{.name = "--no-keep-container", .help = "Do not commit the container"}};
constexpr auto k_quarantine_options = joined(k_quarantine_own_options, k_mutating_options);
constexpr std::array k_uninstall_own_options = {
    k_declaration_option, output_option("Directory for the quarantine directory", ValueKind::directory),
    Option{.name = "--no-quarantine", .help = "Remove without a quarantine first"}};
constexpr auto k_uninstall_options = joined(k_uninstall_own_options, k_mutating_options);
constexpr std::array k_operands = {Operand{.name = "NAME", .help = "Name of a declared agent"}};

collect::EntryKind kind_of(const std::string& file) {
  if (file.ends_with(".disabled")) {
    return collect::EntryKind::service_definition;
  }
  if (file.ends_with(".log")) {
    return collect::EntryKind::log;
  }
  if (file == "container-inspect.json") {
    return collect::EntryKind::container_inspect;
  }
  if (file == "image-inspect.json") {
    return collect::EntryKind::image_inspect;
  }
  if (file == "log-scan.json") {
    return collect::EntryKind::log_scan;
  }
  if (file == "auth-redacted.json") {
    return collect::EntryKind::auth_redacted;
  }
  if (file == "remediation.md") {
    return collect::EntryKind::remediation;
  }
  return file.starts_with("service-") ? collect::EntryKind::service_status
                                      : collect::EntryKind::probe_output;
}

std::filesystem::path directory_for(const Options& options, const Context& context,
                                    const runtime::ReadDeclaration& agent) {
  const auto root = options.value("--output");
  return runtime::fresh_directory(root ? std::filesystem::absolute(*root)
                                       : runtime::places_of(agent.declaration, context.host).quarantine_root,
                                  agent.declaration.name, context.host.clock.now());
}

Status add_entries(AgentCall& session, const runtime::Quarantine& quarantine) {
  for (const runtime::QuarantineFile& file : quarantine.files()) {
    session.add_text({"quarantine", file.path}, kind_of(file.path), collect::ContentHint::automatic,
                          file.bytes);
  }
  return session.add_json({"quarantine", "manifest.json"}, collect::EntryKind::quarantine_manifest,
                               quarantine.manifest(""));
}

void describe(const runtime::Quarantine& quarantine, const AgentCall& session, json::Value& record) {
  record["directory"] = session.redact(quarantine.directory().string());
  record["quarantine"] = quarantine.manifest("");
  record["residual"] = quarantine.residual();
  record["byHand"] = json::Value::array();
  for (const std::string& command : quarantine.by_hand()) {
    record["byHand"].push_back(session.redact(command));
  }
}

// The agent is out of service and the bundle is sealed: a manifest or note that could not be written
// makes it partly done, and nothing less.
Report noted(Report report, const Status& written, const AgentCall& session) {
  if (written) {
    return report;
  }
  report.record()["detail"] = session.redact(written.error().read_out());
  return {std::move(report.record()), ExitCode::partial, "quarantine-incomplete"};
}

Result<Report> quarantine(const Options& options, Context& context) {
  if (options.has("--keep-container") && options.has("--no-keep-container")) {
    return fail(ErrorKind::usage, "usage", "'--keep-container' and '--no-keep-container' exclude each other");
  }
  SOURCEOS_TRY_ASSIGN(ActingCall acting, ActingCall::begin(options, context, ActingCall::Journal::in_doubt));
  const runtime::ReadDeclaration& agent = acting.agent;
  AgentCall& session = acting.call;
  json::Value record = acting.new_change("quarantine");
  if (!acting.reason.empty()) {
    return acting.refuse(std::move(record));
  }
  const auto directory = directory_for(options, context, agent);
  const auto plan = runtime::quarantine_plan(context.host, *acting.backend, agent, directory);
  if (!acting.acts) {
    record["directory"] = session.redact(directory.string());
    return acting.plan_only(context, std::move(record), plan);
  }
  SOURCEOS_TRY(session.intend("sourceos-agent quarantine", agent, plan));
  runtime::ActionLog log(context.host);
  runtime::Quarantine run(context.host, *acting.backend, agent, log, session.pipeline(),
                          {.directory = directory,
                           .trigger = "operator_request",
                           .keep_container = !options.has("--no-keep-container")});
  SOURCEOS_TRY(run.run());
  SOURCEOS_TRY(add_entries(session, run));
  describe(run, session, record);
  record["changed"] = true;
  record["actions"] = actions_json(log.rows(), session.redactor());
  session.policy(agent.hash);
  session.actions(log.take());
  const ExitCode code = run.is_partial() ? ExitCode::partial : ExitCode::done;
  SOURCEOS_TRY_ASSIGN(Report report,
                      session.finish(std::move(record), code, run.is_partial() ? "quarantine-incomplete" : ""));
  report.record()["quarantine"]["bundleId"] =
      session.bundle_id().empty() ? json::Value() : json::Value(session.bundle_id());
  return noted(std::move(report), run.finish(session.bundle_id()), session);
}

// Whether anything of the agent is on the host.
bool is_there(const runtime::Actor& actor) {
  const runtime::AgentPlaces& places = actor.places();
  return host::describe(places.definition) || host::describe(places.launcher) ||
         (host::describe(places.state) &&
          runtime::read_state(places).phase != runtime::AgentPhase::absent);
}

Result<Report> uninstall(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(ActingCall acting, ActingCall::begin(options, context, ActingCall::Journal::in_doubt));
  const runtime::ReadDeclaration& agent = acting.agent;
  runtime::ServiceBackend& backend = *acting.backend;
  AgentCall& session = acting.call;
  json::Value record = acting.new_change("uninstall");
  if (!acting.reason.empty()) {
    return acting.refuse(std::move(record));
  }
  const auto directory = directory_for(options, context, agent);
  runtime::ActionLog log(context.host);
  runtime::Actor actor(context.host, backend, agent, log);
  const bool with_quarantine = !options.has("--no-quarantine");
  std::vector<runtime::PlannedAction> plan;
  if (is_there(actor)) {
    plan = with_quarantine ? runtime::quarantine_plan(context.host, backend, agent, directory)
                           : actor.stop_plan();
    for (runtime::PlannedAction& each : actor.remove_plan()) {
      plan.push_back(std::move(each));
    }
  }
  if (!acting.acts) {
    return acting.plan_only(context, std::move(record), plan);
  }
  session.policy(agent.hash);
  if (plan.empty()) {
    record["detail"] = "it is not installed";
    record["actions"] = json::Value::array();
    return session.finish(std::move(record), ExitCode::done, "");
  }
  record["changed"] = true;
  SOURCEOS_TRY(session.intend("sourceos-agent uninstall", agent, plan));
  std::string reason;
  std::string detail;
  std::optional<runtime::Quarantine> first;
  if (with_quarantine) {
    first.emplace(context.host, backend, agent, log, session.pipeline(),
                  runtime::QuarantineSetting{.directory = directory});
    SOURCEOS_TRY(first->run());
    SOURCEOS_TRY(add_entries(session, *first));
    describe(*first, session, record);
    reason = first->is_partial() ? "quarantine-incomplete" : "";
  } else {
    const runtime::ActResult stopped = actor.stop();
    const runtime::OrderResult disabled = backend.disable(actor.service());
    (void)log.order("disable", actor.service().unit, disabled);
    reason = !disabled.ok ? disabled.reason : stopped.reason;
    detail = !disabled.ok ? disabled.detail : stopped.detail;
  }
  // What could still be started keeps its files, or nobody could work on it any more.
  if (reason.empty()) {
    const runtime::ActResult removed = actor.remove_files();
    reason = removed.reason;
    detail = removed.detail;
  }
  record["detail"] = session.redact(detail);
  record["actions"] = actions_json(log.rows(), session.redactor());
  session.actions(log.take());
  const bool removed = reason.empty();
  SOURCEOS_TRY_ASSIGN(Report report, session.finish(std::move(record), removed ? ExitCode::done : ExitCode::partial, reason));
  if (first) {
    report = noted(std::move(report), first->finish(session.bundle_id()), session);
    if (removed) {  // the quarantine's notes are in its directory
      SOURCEOS_TRY(host::remove_tree(actor.places().state / "state.json"));
    }
  }
  return report;
}

}  // namespace

constinit const Command k_agent_quarantine = {
    .name = "quarantine",
    .summary = "freeze, stop, disable and move away an agent, and keep what there is to know",
    .description =
        "Works with Podman missing, a machine that is stopped and an agent that is not installed. "
        "Every step is recorded; the exit code is 3 when something may still start.",
    .options = k_quarantine_options,
    .operands = k_operands,
    .run = quarantine,
    .print = print_change,
    .store = StoreUse::optional,
};

constinit const Command k_agent_uninstall = {
    .name = "uninstall",
    .summary = "quarantine, then remove launcher, definition and state; images and logs stay",
    .options = k_uninstall_options,
    .operands = k_operands,
    .run = uninstall,
    .print = print_change,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
