// LocalAgentActivation: the one record from which the table, the bundle's entry and `--json` come.
#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"
#include "runtime/activation/activation.hpp"

namespace sourceos::runtime {

namespace {

json::Value text_or_null(const std::string& text) {
  return text.empty() ? json::Value(nullptr) : json::Value(text);
}

std::string command_text(const std::vector<std::string>& argv) {
  std::string text;
  for (const std::string& word : argv) {
    text += (text.empty() ? "" : " ") + text::shell_word(word);
  }
  return text;
}

json::Value findings_of(const Candidate& candidate, const Redactor& redact) {
  json::Value rows = json::Value::array();
  for (const LintFinding& finding : candidate.wrapper_findings) {
    rows.push_back({{"of", "wrapper"}, {"ruleId", finding.rule}, {"severity", "high"},
                    {"message", redact(finding.message)}, {"line", finding.line}});
  }
  const auto add = [&](std::string_view of, const std::vector<PolicyFinding>& findings) {
    for (const PolicyFinding& finding : findings) {
      rows.push_back({{"of", of}, {"ruleId", finding.rule_id},
                      {"severity", to_string(finding.severity)},
                      {"message", redact(finding.message)}, {"line", finding.line}});
    }
  };
  add("service", candidate.service_findings);
  add("installed", candidate.installed_findings);
  return rows;
}

json::Value redacted(UndoReport report, const Redactor& redact) {
  for (UndoAction& action : report.actions) {
    action.detail = redact(action.detail);
    action.command = redact(action.command);
  }
  return as_json(report);
}

json::Value steps_of(const AgentOutcome& outcome, const Redactor& redact) {
  json::Value rows = json::Value::array();
  for (StepRecord record : outcome.steps) {
    record.detail = redact(record.detail);
    rows.push_back(as_json(record));
  }
  return rows;
}

json::Value remediation_of(const AgentOutcome& outcome, const Redactor& redact) {
  json::Value rows = json::Value::array();
  for (const Remedy& remedy : outcome.remedies) {
    rows.push_back({{"what", remedy.what}, {"cause", redact(remedy.cause)},
                    {"fix", text_or_null(redact(remedy.fix))}});
  }
  return rows;
}

json::Value commands_of(const AgentOutcome& outcome, const Redactor& redact) {
  json::Value rows = json::Value::array();
  for (const CommandRun& run : outcome.commands) {
    rows.push_back({{"command", redact(command_text(run.argv))},
                    {"startedAt", format_seconds(run.started_at)},
                    {"finishedAt", format_seconds(run.finished_at)},
                    {"exitCode", run.status}});
  }
  return rows;
}

json::Value plan_of(const AgentOutcome& outcome, const Redactor& redact) {
  json::Value rows = json::Value::array();
  for (const std::vector<std::string>& argv : outcome.plan) {
    rows.push_back(redact(command_text(argv)));
  }
  return rows;
}

json::Value drift_of(const AgentOutcome& outcome) {
  json::Value rows = json::Value::array();
  for (const Drift& drift : outcome.drift) {
    rows.push_back(as_json(drift));
  }
  return rows;
}

json::Value agent_row(const AgentOutcome& outcome, const Redactor& redact) {
  return {{"name", outcome.name},
          {"before", to_string(outcome.before)},
          {"after", to_string(outcome.after)},
          {"result", to_string(outcome.result)},
          {"reason", text_or_null(outcome.reason)},
          {"detail", redact(outcome.detail)},
          {"reached", outcome.reached},
          {"steps", steps_of(outcome, redact)},
          {"states",
           {{"staged", outcome.states.staged || !outcome.staging.empty()},
            {"installed", outcome.states.installed},
            {"enabled", outcome.states.enabled},
            {"running", outcome.states.running}}},
          {"preflight", outcome.candidate.preflight ? as_json(*outcome.candidate.preflight, redact)
                                                    : json::Value(nullptr)},
          {"findings", findings_of(outcome.candidate, redact)},
          {"drift", drift_of(outcome)},
          {"rollback", redacted(outcome.rollback, redact)},
          {"recovered", outcome.recovered ? redacted(*outcome.recovered, redact) : json::Value(nullptr)},
          {"policyDecisions", outcome.policy_decisions},
          {"commands", commands_of(outcome, redact)},
          {"plan", plan_of(outcome, redact)},
          {"stagingDir", text_or_null(redact(outcome.staging.string()))},
          {"remediation", remediation_of(outcome, redact)},
          {"then", text_or_null(redact(outcome.then))}};
}

}  // namespace

json::Value as_json(const ActivationReport& report, const Redactor& redact) {
  json::Value agents = json::Value::array();
  for (const AgentOutcome& outcome : report.agents) {
    agents.push_back(agent_row(outcome, redact));
  }
  json::Value generations = json::Value::array();
  for (const Generation& generation : report.generations) {
    generations.push_back(
        {{"profile", generation.profile},
         {"number", generation.number ? json::Value(*generation.number) : json::Value(nullptr)},
         {"storePath", text_or_null(generation.store_path)}});
  }
  return {{"type", "LocalAgentActivation"},
          {"transactionId", report.transaction},
          {"startedAt", format_seconds(report.started_at)},
          {"finishedAt", format_seconds(report.finished_at)},
          {"generations", generations},
          {"agents", agents},
          {"bundleId", text_or_null(report.bundle)}};
}

}  // namespace sourceos::runtime
