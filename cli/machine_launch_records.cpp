#include "cli/machine_launch_records.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/machine_attach.hpp"
#include "cli/machine_session.hpp"
#include "cli/report.hpp"
#include "collect/collectors/git_document.hpp"
#include "core/json/json.hpp"
#include "host/host.hpp"
#include "host/tools/git.hpp"
#include "runtime/machine/downloads.hpp"
#include "runtime/machine/nested_git.hpp"

namespace sourceos::cli {

namespace {

using collect::EntryKind;

Status record_actions(const LaunchEnd& end) {
  for (std::size_t i = 0; i < end.outcome.actions.size(); ++i) {
    const collect::ActionFacts& action = end.outcome.actions[i];
    SOURCEOS_TRY(end.session.add({"actions", fmt::format("{:02}-{}.json", i + 1, action.action)},
                                 EntryKind::lifecycle_action, action.to_json()));
    end.session.facts().actions.push_back(action);
  }
  return {};
}

Status record_git_after(const LaunchEnd& end) {
  if (end.plan.git_text.empty()) {
    return {};
  }
  host::GitQuestion wanted;
  wanted.repository = end.plan.mounts.front().resolved;
  wanted.scratch = end.session.scratch();
  const auto state = host::Git(end.context.host.processes).state(wanted);
  const std::vector<std::string> entry = {"git", "after.json"};
  auto& findings = end.session.facts().findings;
  if (!state) {  // there was a repository when it began
    findings.push_back({"repo-unreadable", collect::FindingSeverity::high, entry, state.error().read_out()});
    return end.session.add(entry, EntryKind::git_state,
                           {{"type", "GitState"}, {"reason", state.error().reason}});
  }
  SOURCEOS_TRY(end.session.add(entry, EntryKind::git_state, collect::git_state_document(*state)));
  std::string fresh;
  for (const host::GitExecution& execution : state->executions) {
    const auto& before = end.plan.executions;
    if (std::find(before.begin(), before.end(), execution.setting) == before.end()) {
      fresh += (fresh.empty() ? "" : ", ") + execution.setting;
    }
  }
  if (!fresh.empty()) {
    findings.push_back({"repo-executes-code", collect::FindingSeverity::high, entry, fresh});
  } else if (!state->executions.empty()) {
    findings.push_back({"repo-executes-code", collect::FindingSeverity::medium, entry,
                        state->executions.front().setting});
  }
  return {};
}

// What a tool left for git on the host to run in repositories below the one that was mounted.
void note_nested_git(const LaunchEnd& end) {
  constexpr std::size_t k_named_max = 20;
  if (!end.plan.nested_git) {
    return;
  }
  const runtime::NestedGit after = runtime::look_at_nested_git(end.plan.mounts.front().resolved);
  auto& findings = end.session.facts().findings;
  std::vector<std::string> changed = runtime::changed_nested_git(*end.plan.nested_git, after);
  changed.resize(std::min(changed.size(), k_named_max));
  for (const std::string& path : changed) {
    findings.push_back({"repo-executes-code", collect::FindingSeverity::high, {},
                        fmt::format("configuration or hooks of '{}' were changed", path)});
  }
  if (!after.is_whole) {
    findings.push_back({"repo-unreadable", collect::FindingSeverity::medium, {},
                        "not all of the tree could be looked through for nested repositories"});
  }
}

// Every file that lies in a download mount at the end is named by its digest.
Status record_downloads(const LaunchEnd& end) {
  for (const runtime::MountDecision& mount : end.plan.mounts) {
    if (mount.request.path_class == runtime::PathClass::downloads) {
      SOURCEOS_TRY(end.session.add({"downloads", mount.request.mount_id + ".json"},
                                   EntryKind::mount_evidence,
                                   runtime::hash_downloads(mount.resolved, end.homes)));
    }
  }
  return {};
}

Status record_transcript(const LaunchEnd& end) {
  if (!end.attachment.has_transcript()) {
    return {};
  }
  const runtime::TranscriptEnd written = end.attachment.finish();
  end.session.add_text({"session", "transcript.cast"}, EntryKind::transcript, written.cast);
  if (!written.screen.empty()) {
    end.session.add_text({"session", "screen.txt"}, EntryKind::transcript, written.screen);
  }
  json::Value rows = json::Value::array();
  for (const bundle::Finding& finding : written.findings) {
    rows.push_back({{"ruleId", finding.rule_id.str()},
                    {"severity", bundle::to_string(finding.severity)},
                    {"line", finding.line},
                    {"excerpt", finding.excerpt.str()}});
  }
  return end.session.add({"session", "scan.json"}, EntryKind::log_scan,
                         {{"type", "LogScan"},
                          {"sessionClass", end.plan.session_class},
                          {"sessionId", end.session_id},
                          {"capture", end.plan.transcript},
                          {"outputBytes", written.output_bytes},
                          {"elapsedMs", written.elapsed_ms},
                          {"masked", written.masked},
                          {"cut", written.is_cut},
                          {"withheld", written.is_withheld},
                          {"findings", std::move(rows)}});
}

}  // namespace

json::Value finding_rows(MachineSession& session) {
  json::Value rows = json::Value::array();
  for (const collect::CollectorFinding& finding : session.facts().findings) {
    const bool is_high = finding.severity == collect::FindingSeverity::high;
    rows.push_back({{"ruleId", finding.rule_id},
                    {"severity", is_high ? "high" : "medium"},
                    {"message", session.pipeline().text(finding.excerpt).str()}});
  }
  return rows;
}

Status record_launch_end(const LaunchEnd& end) {
  SOURCEOS_TRY(record_actions(end));
  if (!end.outcome.container.empty()) {
    SOURCEOS_TRY(end.session.add({"container.json"}, EntryKind::container_inspect,
                                 runtime::inspected(end.outcome.container)));
  }
  if (end.outcome.failure) {
    end.session.facts().denied_attempts.push_back(
        {end.plan.mounts.front().resolved, end.outcome.failure->reason, "deny"});
  }
  SOURCEOS_TRY(record_git_after(end));
  note_nested_git(end);
  SOURCEOS_TRY(record_downloads(end));
  return record_transcript(end);
}

}  // namespace sourceos::cli
