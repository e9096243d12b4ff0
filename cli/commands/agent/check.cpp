// preflight and doctor: what would happen, and how it stands.
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
#include "runtime/agent/ambient_auth.hpp"
#include "runtime/agent/asking_once.hpp"
#include "runtime/agent/observe.hpp"
#include "runtime/agent/provenance.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_options = {k_declaration_option};
constexpr std::array k_operands = {Operand{.name = "NAME", .help = "Name of a declared agent"}};

Result<Report> preflight(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const runtime::Catalog catalog, load_catalog(options, context));
  SOURCEOS_TRY_ASSIGN(const runtime::ReadDeclaration* agent, catalog.find(options.operands()[0]));
  SOURCEOS_TRY_ASSIGN(AgentCall call,
                      AgentCall::begin(context, agent->declaration.name, bundle::Mode::read_only));
  const auto backend = runtime::make_backend(context.host);
  const runtime::LookedAt looked(context.host);
  const runtime::Preflight result = runtime::run_preflight(looked.host(), *backend, *agent);
  json::Value record = new_record("agent-preflight");
  const json::Value document = runtime::as_json(result, call.redactor());
  SOURCEOS_TRY(call.add_json({"preflight.json"}, collect::EntryKind::check_report, document));
  call.add_probes(result.probes);
  call.add_findings(result.policy_findings, {"preflight.json"});
  call.policy(agent->hash);
  record.update(document);
  if (!result.passed() && agent->is_valid()) {
    const runtime::Check* obstacle = first_obstacle(result);
    record["next"] = obstacle == nullptr ? context.command_line("install " + agent->declaration.name)
                                         : call.redact(obstacle->remediation);
  } else if (!agent->is_valid()) {
    record["next"] = call.redact("correct " + text::shell_word(agent->file.string()));
  }
  return call.finish(std::move(record), result.passed() ? ExitCode::done : ExitCode::negative,
                     result.reason());
}

void print_preflight(const json::Value& record, Text& text) {
  const json::Value& counts = part_of(record, "counts");
  const std::uint64_t failed = number_of(counts, "fail");
  const bool passed = flag_of(part_of(record, "persistence"), "allowed");
  text.line(passed ? fmt::format("PREFLIGHT {}: passed", text_of(record, "agent"))
                   : fmt::format("PREFLIGHT {}: FAILED ({} of {})", text_of(record, "agent"), failed,
                                 number_of(counts, "total")),
            passed ? Tone::good : Tone::bad);
  print_checks(record, text);
  print_findings(part_of(record, "policyFindings"), text);
  print_declaration_findings(record, text);
  text.line(passed ? "result: may be installed" : "result: may be staged; not installed, not enabled");
  if (!text_of(record, "bundleId").empty()) {
    text.field("bundle", text_of(record, "bundleId"));
  }
  if (!text_of(record, "next").empty()) {
    text.next(text_of(record, "next"));
  }
}

json::Value auth_facts(const Context& context, const runtime::ReadDeclaration& agent,
                       const runtime::Redactor& redact) {
  json::Value files = json::Value::array();
  const auto add = [&](const runtime::AuthFileFacts& facts) {
    json::Value row = runtime::as_json(facts);
    row["pathRef"] = redact(facts.path.string());
    files.push_back(std::move(row));
  };
  if (const auto declared = runtime::read_auth_file(agent.declaration.authfile); declared.exists) {
    add(declared);
  }
  for (const runtime::AuthFileFacts& facts : runtime::read_ambient_auth(context.host)) {
    add(facts);
  }
  return {{"mode", runtime::to_string(agent.declaration.auth_mode)}, {"files", std::move(files)}};
}

// Of the installed definition and of the one that would be made: the same finding is told once.
std::vector<runtime::PolicyFinding> all_findings(const runtime::Observation& seen,
                                                 const runtime::Preflight& checks) {
  std::vector<runtime::PolicyFinding> all = seen.findings;
  for (const runtime::PolicyFinding& finding : checks.policy_findings) {
    const bool is_told = std::ranges::any_of(all, [&](const runtime::PolicyFinding& each) {
      return each.rule_id == finding.rule_id && each.path == finding.path && each.line == finding.line &&
             each.message == finding.message;
    });
    if (!is_told) {
      all.push_back(finding);
    }
  }
  return all;
}

// Why the agent is not well; empty when it is.
std::string doctor_reason(const runtime::Observation& seen, const runtime::Preflight& checks,
                          const std::vector<runtime::PolicyFinding>& findings) {
  const bool has_ended = seen.phase == runtime::AgentPhase::failed || seen.phase == runtime::AgentPhase::suspended;
  return !checks.passed()              ? checks.reason()
         : runtime::has_high(findings) ? "policy-finding"
         : !seen.permissions.empty()   ? "definition-permissions"
         : has_ended                   ? fmt::format("agent-{}", to_string(seen.phase))
         : seen.health && !seen.health->ok ? "agent-unhealthy"
                                           : "";
}

Result<Report> doctor(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const runtime::Catalog catalog, load_catalog(options, context));
  SOURCEOS_TRY_ASSIGN(const runtime::ReadDeclaration* agent, catalog.find(options.operands()[0]));
  SOURCEOS_TRY_ASSIGN(AgentCall call,
                      AgentCall::begin(context, agent->declaration.name, bundle::Mode::read_only));
  const runtime::Redactor redact = call.redactor();
  const runtime::LookedAt looked(context.host);
  const auto backend = runtime::make_backend(looked.host());
  const runtime::Preflight checks = runtime::run_preflight(looked.host(), *backend, *agent);
  const runtime::Observation seen = runtime::observe(looked.host(), *backend, *agent);
  const std::vector<runtime::PolicyFinding> findings = all_findings(seen, checks);
  const std::string reason = doctor_reason(seen, checks, findings);
  const bool healthy = reason.empty();

  json::Value record = new_record("agent-doctor");
  record["type"] = "LocalAgentDoctor";
  record["agent"] = agent->declaration.name;
  record["result"] = healthy ? "pass" : "fail";
  record["preflight"] = runtime::as_json(checks, redact);
  record["status"] = runtime::as_json(seen, *agent, context.host, redact);
  record["findings"] = json::Value::array();
  for (const runtime::PolicyFinding& finding : findings) {
    record["findings"].push_back(runtime::as_json(finding, redact));
  }
  record["auth"] = auth_facts(context, *agent, redact);
  record["provenance"] = json::Value::parse(
      call.pipeline().json(runtime::provenance_note(runtime::places_of(agent->declaration, context.host))).canonical(),
      nullptr, false);
  record["nix"] = runtime::nix_source(context.host, *agent, redact);
  record["done"] = runtime::definition_of_done(seen, checks, *agent);
  SOURCEOS_TRY(call.add_json({"doctor.json"}, collect::EntryKind::check_report, record));
  call.add_probes(checks.probes);
  call.add_findings(findings, {"doctor.json"});
  call.policy(agent->hash);
  if (const std::string next = next_for_agent(context, *agent, seen, checks, false); !next.empty()) {
    record["next"] = redact(next);
  }
  return call.finish(std::move(record), healthy ? ExitCode::done : ExitCode::negative, reason);
}

void print_doctor(const json::Value& record, Text& text) {
  const json::Value& status = part_of(record, "status");
  text.line(fmt::format("DOCTOR {}: {}", text_of(record, "agent"), text_of(record, "result") == "pass" ? "healthy" : "NOT healthy"),
            text_of(record, "result") == "pass" ? Tone::good : Tone::bad);
  text.field("state", text_of(status, "state"));
  if (!text_of(status, "failure").empty()) {
    text.field("why", {text_of(status, "failure"), Tone::bad});
  }
  text.field("definition", text_of(status, "definition"));
  for (const auto& [label, key] : {std::pair{"container", "container"}, std::pair{"last exit", "lastExit"},
                                   std::pair{"last result", "lastResult"}, std::pair{"launcher says", "launcherSays"}}) {
    if (const std::string value = text_of(status, key); !value.empty()) {
      text.field(label, value);
    }
  }
  text.field("starts", fmt::format("{} within an hour, {} allowed", number_of(status, "startsLastHour"),
                                   number_of(status, "maxRestartsPerHour")));
  for (const json::Value& file : part_of(part_of(record, "auth"), "files")) {
    std::string names;
    for (const json::Value& helper : part_of(file, "credHelpers")) {
      names += fmt::format(" {} for {}", text_of(helper, "helper"), text_of(helper, "registry"));
    }
    text.field("auth file", fmt::format("{}{}{}", text_of(file, "pathRef"), names,
                                        text_of(file, "credsStore").empty() ? "" : ", store " + text_of(file, "credsStore")));
  }
  if (!text_of(part_of(status, "drift"), "detail").empty()) {
    text.field("drift", {text_of(part_of(status, "drift"), "detail"), Tone::warning});
  }
  if (!text_of(status, "permissions").empty()) {
    text.field("permissions", {text_of(status, "permissions"), Tone::bad});
  }
  text.heading("Checks");
  print_checks(part_of(record, "preflight"), text);
  if (!part_of(record, "findings").empty()) {
    text.heading("Findings");
    print_findings(part_of(record, "findings"), text);
  }
  text.heading("Definition of done");
  for (const json::Value& row : part_of(record, "done")) {
    text.line(fmt::format("  {:<3} {}", flag_of(row, "holds") ? "yes" : "no", text_of(row, "line")),
              flag_of(row, "holds") ? Tone::good : Tone::bad);
  }
  if (!text_of(record, "bundleId").empty()) {
    text.field("bundle", text_of(record, "bundleId"));
  }
  if (!text_of(record, "next").empty()) {
    text.next(text_of(record, "next"));
  }
}

}  // namespace

constinit const Command k_agent_preflight = {
    .name = "preflight",
    .summary = "run the 18 checks before an agent may be installed",
    .description = "Changes nothing. One cause gives one failure: what it blocks is skipped.",
    .options = k_options,
    .operands = k_operands,
    .run = preflight,
    .print = print_preflight,
    .store = StoreUse::optional,
};

constinit const Command k_agent_doctor = {
    .name = "doctor",
    .summary = "preflight, installed state, findings, auth, logs and run counts of an agent",
    .options = k_options,
    .operands = k_operands,
    .run = doctor,
    .print = print_doctor,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
