// status: one agent on one screen, for someone who has to know what to do next.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/agent_call.hpp"
#include "cli/agent_next.hpp"
#include "cli/agent_text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/option_sets.hpp"
#include "cli/render.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/host.hpp"
#include "runtime/activation/host_state.hpp"
#include "runtime/activation/recovery.hpp"
#include "runtime/agent/asking_once.hpp"
#include "runtime/agent/observe.hpp"
#include "runtime/agent/thaw.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_options = {k_declaration_option};
constexpr std::array k_operands = {Operand{.name = "NAME", .help = "Name of a declared agent"}};

// What the agent depends on, by the checks that tell it; in their order. `is_worth_a_line`: also
// when it is as it should be.
struct Dependency {
  std::string_view check;
  std::string_view label;
  bool is_worth_a_line = false;
};
constexpr std::array k_dependencies = {
    Dependency{"backend-adapter", "manager"},
    Dependency{"runtime-available", "runtime"},
    Dependency{"podman-binary", "podman", true},
    Dependency{"podman-version", "version"},
    Dependency{"podman-machine-exists", "machine"},
    Dependency{"podman-machine-running", "machine", true},
    Dependency{"podman-socket", "connection", true},
    Dependency{"local-image", "local image"},
    Dependency{"authfile", "auth", true},
    Dependency{"ambient-auth", "ambient auth"},
    Dependency{"container-name", "name"},
    Dependency{"log-directory", "log directory"},
    Dependency{"label-disabled", "override"},
    Dependency{"label-conflict", "label"},
    Dependency{"service-lint", "lint"},
};

json::Value dependencies_of(const json::Value& checks) {
  json::Value rows = json::Value::array();
  for (const Dependency& each : k_dependencies) {
    for (const json::Value& check : checks) {
      if (text_of(check, "id") == each.check) {
        rows.push_back(check);
      }
    }
  }
  return rows;
}

// A change that was killed in its middle; null when there is none.
json::Value unfinished(const Context& context, const std::string& name, const runtime::Redactor& redact) {
  if (runtime::is_left_frozen(runtime::places_of_name(name, context.host))) {
    return {{"reason", "frozen"},
            {"detail", "a quarantine was killed in its middle: starts are forbidden until it is finished, or "
                       "until another command brings the agent back"},
            {"next", redact(context.command_line("quarantine " + name))}};
  }
  const auto waits = runtime::needs_recovery(context.host, name);
  if (!waits) {
    return {{"reason", waits.error().reason}, {"detail", redact(waits.error().read_out())},
            {"next", redact(waits.error().next)}};
  }
  return *waits ? json::Value({{"reason", "unfinished"},
                               {"detail", "a command was killed in its middle; the next one that acts on the "
                                          "agent undoes what it changed"},
                               {"next", nullptr}})
                : json::Value();
}

bool is_brought_up(runtime::AgentPhase phase) {
  return phase != runtime::AgentPhase::absent && phase != runtime::AgentPhase::staged &&
         phase != runtime::AgentPhase::quarantined;
}

Result<Report> status(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const runtime::Catalog catalog, load_catalog(options, context));
  SOURCEOS_TRY_ASSIGN(const runtime::ReadDeclaration* agent, catalog.find(options.operands()[0]));
  SOURCEOS_TRY_ASSIGN(AgentCall call,
                      AgentCall::begin(context, agent->declaration.name, bundle::Mode::read_only));
  const runtime::Redactor redact = call.redactor();
  const runtime::LookedAt looked(context.host);
  const auto backend = runtime::make_backend(looked.host());
  const runtime::Observation seen = runtime::observe(looked.host(), *backend, *agent);
  runtime::PreflightSetting setting;
  setting.assume_made = !is_brought_up(seen.phase);
  setting.own_override = runtime::has_own_override(runtime::places_of(agent->declaration, context.host));
  const runtime::Preflight checks = runtime::run_preflight(looked.host(), *backend, *agent, setting);
  json::Value record = new_record("agent-status");
  record["type"] = "LocalAgentStatus";
  record["agent"] = agent->declaration.name;
  record.update(runtime::as_json(seen, *agent, context.host, redact));
  // `reason` belongs to the command; why the agent failed has a name of its own.
  record["stateReason"] = record["reason"];
  record.erase("reason");
  record["nix"] = runtime::nix_source(context.host, *agent, redact);
  record["dependencies"] = dependencies_of(runtime::as_json(checks, redact).at("checks"));
  record["startable"] = checks.passed();
  record["unfinished"] = unfinished(context, agent->declaration.name, redact);
  const std::string by_hand = text_of(part_of(record, "unfinished"), "next");
  const bool is_unfinished = !part_of(record, "unfinished").empty();
  const std::string next = !by_hand.empty() ? by_hand : next_for_agent(context, *agent, seen, checks, is_unfinished);
  if (!next.empty()) {
    record["next"] = redact(next);
  }
  SOURCEOS_TRY(call.add_json({"status.json"}, collect::EntryKind::service_status, record));
  call.add_probes(seen.service.commands);
  call.add_probes(checks.probes);
  call.add_findings(seen.findings, {"status.json"});
  call.policy(agent->hash);
  return call.finish(std::move(record), ExitCode::done, "");
}

// --- text

Cell or_dash(const std::string& value) { return value.empty() ? Cell("-", Tone::dim) : Cell(value); }

void print_state(const json::Value& record, Text& text) {
  const std::string state = text_of(record, "state");
  const std::string reason = text_of(record, "stateReason");
  const bool bad = state == "failed" || state == "suspended" || !reason.empty();
  const bool is_known = flag_of(part_of(record, "service"), "reachable");
  text.line(fmt::format("{}: {}{}", text_of(record, "name"), state,
                        reason.empty() ? "" : fmt::format(" ({}{})", reason, is_known ? "" : "; whether it runs is not known")),
            state == "running" ? Tone::good : bad ? Tone::bad : Tone::plain);
  if (const json::Value& health = part_of(record, "health"); !health.empty() && !flag_of(health, "ok")) {
    text.field("health", {text_of(health, "detail"), Tone::bad});
  }
  if (const std::string why = text_of(record, "failure"); !why.empty()) {
    text.field("why", {why, Tone::bad});
  }
  if (const json::Value& open = part_of(record, "unfinished"); !open.empty()) {
    text.field("unfinished", {text_of(open, "detail"), Tone::bad});
  }
  for (const auto& [label, words] :
       {std::pair{"launcher says", text_of(record, "launcherSays")},
        std::pair{"state-drift", text_of(part_of(record, "drift"), "detail")},
        std::pair{"permissions", text_of(record, "permissions")}}) {
    if (!words.empty()) {
      text.field(label, {words, Tone::bad});
    }
  }
}

void print_service(const json::Value& record, Text& text) {
  const json::Value& service = part_of(record, "service");
  const std::string since = text_of(record, "stateSince");
  text.field("service", or_dash(flag_of(service, "reachable")
                                    ? text_of(service, "state") + (since.empty() ? "" : " since " + since)
                                    : "no answer: " + text_of(service, "reason")));
  text.field("enabled", !flag_of(service, "reachable")         ? "not known"
                        : flag_of(service, "enabled")          ? "yes"
                        : flag_of(service, "disabledOverride") ? "no, disabled override"
                                                               : "no");
  const std::string unknown = text_of(record, "containerUnknown");
  text.field("container", unknown.empty() ? or_dash(text_of(record, "container"))
                                          : Cell("not known: " + unknown, Tone::bad));
  text.field("last exit", or_dash(text_of(record, "lastExit")));
  text.field("last result", or_dash(text_of(record, "lastResult")));
  text.field("runs", fmt::format("{} by the manager, {} within an hour, {} allowed", number_of(record, "runCount"),
                                 counted(number_of(record, "startsLastHour"), "start", "starts"),
                                 number_of(record, "maxRestartsPerHour")));
}

// What is not as it should be comes with its fix; what that blocks says nothing more.
void print_dependencies(const json::Value& record, Text& text) {
  for (const json::Value& row : part_of(record, "dependencies")) {
    const auto* known = std::ranges::find(k_dependencies, text_of(row, "id"), &Dependency::check);
    const std::string word = text_of(row, "status");
    if (word == "fail") {
      text.field(known->label, {fmt::format("{} ({})", text_of(row, "detail"), text_of(row, "reason")), Tone::bad});
      text.line("              fix: " + text_of(row, "remediation"));
    } else if (word == "warn" || (word == "pass" && known->is_worth_a_line)) {
      text.field(known->label, {text_of(row, "detail"), word == "warn" ? Tone::warning : Tone::plain});
    }
  }
}

void print_status(const json::Value& record, Text& text) {
  print_state(record, text);
  text.field("scope", text_of(record, "scope"));
  text.field("label", text_of(record, "label"));
  text.field("unit", text_of(record, "definition") + (flag_of(record, "definitionExists") ? "" : " (not there)"));
  text.field("image", or_dash(text_of(record, "image")));
  print_service(record, text);
  print_dependencies(record, text);
  if (const json::Value& nix = part_of(record, "nix"); !nix.empty()) {
    text.field("nix", text_of(nix, "storePath") + (flag_of(nix, "exists") ? "" : " (gone)"));
  }
  const json::Value& logs = part_of(record, "logs");
  text.field("app log", or_dash(text_of(logs, "app")));
  text.field("stdout", or_dash(text_of(logs, "stdout")));
  text.field("stderr", or_dash(text_of(logs, "stderr")));
  text.field("last bundle", or_dash(text_of(record, "lastBundle")));
  if (!text_of(record, "lastQuarantine").empty()) {
    text.field("quarantine", text_of(record, "lastQuarantine"));
  }
  print_findings(part_of(record, "findings"), text);
  if (!text_of(record, "next").empty()) {
    text.next(text_of(record, "next"));
  }
}

}  // namespace

constinit const Command k_agent_status = {
    .name = "status",
    .summary = "one screen on an agent: state, service, container, counts, logs",
    .description = "Changes nothing. Looks at what the agent depends on, too, and says what to do next.",
    .options = k_options,
    .operands = k_operands,
    .run = status,
    .print = print_status,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
