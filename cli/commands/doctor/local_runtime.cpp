// All declared agents, and all services that look like agents but are not declared.
#include <array>

#include <fmt/format.h>

#include "cli/agent_call.hpp"
#include "cli/agent_text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/render.hpp"
#include "core/json/json.hpp"
#include "host/host.hpp"
#include "runtime/agent/asking_once.hpp"
#include "runtime/agent/local_runtime.hpp"
#include "runtime/agent/observe.hpp"
#include "runtime/agent/provenance.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_options = {k_declaration_option};

json::Value agent_row(const host::Host& host, runtime::ServiceBackend& backend,
                      const runtime::ReadDeclaration& agent, const runtime::Redactor& redact,
                      std::vector<runtime::PolicyFinding>& findings) {
  const runtime::Preflight checks = runtime::run_preflight(host, backend, agent);
  const runtime::Observation seen = runtime::observe(host, backend, agent);
  findings.insert(findings.end(), seen.findings.begin(), seen.findings.end());
  findings.insert(findings.end(), checks.policy_findings.begin(), checks.policy_findings.end());
  json::Value row = runtime::as_json(seen, agent, host, redact);
  const json::Value report = runtime::as_json(checks, redact);
  row["preflight"] = {{"result", report.at("result")}, {"counts", report.at("counts")},
                      {"reason", report.at("persistence").at("reason")}};
  row["auth"] = json::Value::array();
  for (const auto& [path, names] : checks.checks.at(11).observed) {
    row["auth"].push_back({{"pathRef", redact(path)}, {"names", redact(names)}});
  }
  row["provenance"] = json::Value();
  if (const json::Value note = runtime::provenance_note(runtime::places_of(agent.declaration, host));
      note.is_object()) {
    row["provenance"] = {{"imageId", note.value("imageId", json::Value())},
                         {"sourceImage", note.value("sourceImage", json::Value())}};
  }
  row["nix"] = runtime::nix_source(host, agent, redact);
  return row;
}

Result<Report> doctor(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const runtime::Catalog catalog, load_catalog(options, context));
  SOURCEOS_TRY_ASSIGN(AgentCall call, AgentCall::begin(context, "", bundle::Mode::read_only));
  const runtime::Redactor redact = call.redactor();
  const runtime::LookedAt looked(context.host);
  const auto backend = runtime::make_backend(looked.host());
  std::vector<runtime::PolicyFinding> findings;
  json::Value record = new_record("local-runtime-doctor");
  record["type"] = "LocalRuntimeDoctor";
  record["agents"] = json::Value::array();
  for (const runtime::ReadDeclaration& agent : catalog.agents) {
    record["agents"].push_back(agent_row(looked.host(), *backend, agent, redact, findings));
  }
  const auto suspects = runtime::find_suspects(looked.host(), catalog);
  record["undeclared"] = json::Value::array();
  for (const runtime::SuspectService& suspect : suspects) {
    if (!suspect.declared) {
      record["undeclared"].push_back(runtime::as_json(suspect, redact));
      findings.insert(findings.end(), suspect.findings.begin(), suspect.findings.end());
    }
  }
  for (runtime::PolicyFinding& finding : runtime::find_duplicates(suspects)) {
    findings.push_back(std::move(finding));
  }
  record["host"] = runtime::host_facts(looked.host(), redact);
  record["findings"] = json::Value::array();
  for (const runtime::PolicyFinding& finding : findings) {
    record["findings"].push_back(runtime::as_json(finding, redact));
  }
  record["unreadable"] = json::Value::array();
  for (const runtime::UnreadableDeclaration& each : catalog.unreadable) {
    record["unreadable"].push_back({{"file", redact(each.file.string())}, {"reason", each.error.reason}});
  }
  const bool healthy = !runtime::has_high(findings);
  record["result"] = healthy ? "pass" : "fail";
  SOURCEOS_TRY(call.add_json({"local-runtime.json"}, collect::EntryKind::check_report, record));
  call.add_findings(findings, {"local-runtime.json"});
  return call.finish(std::move(record), healthy ? ExitCode::done : ExitCode::negative,
                     healthy ? "" : "policy-finding");
}

void print_host(const json::Value& host, Text& text) {
  text.heading("Host");
  text.field("platform", text_of(host, "platform"));
  text.field("backend", text_of(host, "backend"));
  text.field("mdm", fmt::format("{} {}", text_of(part_of(host, "mdm"), "status"), text_of(part_of(host, "mdm"), "detail")));
  text.field("podman", text_of(part_of(host, "podman"), "version"));
  for (const json::Value& machine : part_of(part_of(host, "machine"), "machines")) {
    text.field("machine", text_of(machine, "name") + " " + text_of(machine, "state"));
  }
  for (const json::Value& row : part_of(part_of(host, "nix"), "generations")) {
    text.field("nix", fmt::format("{} {}", text_of(row, "name"), number_of(row, "generation")));
  }
}

void print_doctor(const json::Value& record, Text& text) {
  const bool healthy = text_of(record, "result") == "pass";
  text.line(healthy ? "LOCAL RUNTIME: no high finding" : "LOCAL RUNTIME: high findings",
            healthy ? Tone::good : Tone::bad);
  print_host(part_of(record, "host"), text);
  text.heading("Agents");
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "agents")) {
    rows.push_back({Cell(text_of(row, "name")), Cell(text_of(row, "state")), Cell(text_of(row, "authMode")),
                    Cell(text_of(row, "container")), Cell(text_of(row, "lastExit")),
                    Cell(fmt::format("{}", number_of(row, "runCount"))),
                    Cell(text_of(part_of(row, "preflight"), "result"))});
  }
  text.table({"agent", "state", "auth", "container", "last exit", "runs", "preflight"}, rows);
  if (!part_of(record, "undeclared").empty()) {
    text.heading("Undeclared");
  }
  for (const json::Value& row : part_of(record, "undeclared")) {
    std::string why;
    for (const json::Value& word : part_of(row, "why")) {
      why += " " + word.get<std::string>();
    }
    text.line(fmt::format("  {} {}{}", text_of(row, "name"), text_of(row, "file"), why), Tone::warning);
  }
  if (!part_of(record, "findings").empty()) {
    text.heading("Findings");
    print_findings(part_of(record, "findings"), text);
  }
  for (const json::Value& row : part_of(record, "unreadable")) {
    text.line(fmt::format("unreadable: {} ({})", text_of(row, "file"), text_of(row, "reason")), Tone::bad);
  }
  if (!text_of(record, "bundleId").empty()) {
    text.field("bundle", text_of(record, "bundleId"));
  }
}

}  // namespace

constinit const Command k_doctor_local_runtime = {
    .name = "local-runtime",
    .summary = "declared agents, undeclared services like them, and what is suspicious",
    .options = k_options,
    .run = doctor,
    .print = print_doctor,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
