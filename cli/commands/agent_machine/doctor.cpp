#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/machine_documents.hpp"
#include "cli/machine_options.hpp"
#include "cli/machine_session.hpp"
#include "cli/render.hpp"
#include "core/json/json.hpp"
#include "host/host.hpp"
#include "runtime/machine/doctor.hpp"
#include "runtime/machine/mount_policy_document.hpp"

namespace sourceos::cli {

namespace {

constexpr auto k_options = joined(k_profile_option, k_repos_option, k_contracts_option);

constexpr std::array k_examples = {
    Example{"Is this host ready?", "agent-machine doctor"},
    Example{"And this repository?", "agent-machine doctor --repo ~/dev/app"},
};

Result<Report> doctor(const Options& options, Context& context) {
  const std::vector<std::string> repos = options.values("--repo");
  leave_out_tools_of(context, repos);
  SOURCEOS_TRY_ASSIGN(const runtime::LoadedProfile profile, chosen_profile(options, context));
  SOURCEOS_TRY_ASSIGN(MachineSession session,
                      MachineSession::begin(context, bundle::Mode::read_only, "agent-machine",
                                            profile.profile.name));
  const runtime::DenySet deny = machine_deny_set(context);
  SOURCEOS_TRY_ASSIGN(
      const runtime::NamedMountPolicy named,
      runtime::find_mount_policy(context.host.environment, contract_directories(options),
                                 profile.profile));
  runtime::PolicyContext policy = machine_policy(context, deny);
  policy.policy = named.in_force();
  for (const runtime::ProfileRepo& repo : profile.profile.repos) {
    policy.granted.push_back(repo.host_path);
  }
  const runtime::DoctorReport report = runtime::run_doctor({.host = context.host,
                                                            .tools = context.tools,
                                                            .profile = profile,
                                                            .repos = repos,
                                                            .policy = policy,
                                                            .policy_unresolved = named.unresolved,
                                                            .store = store_root(context)});
  json::Value document = report.checks.document();
  SOURCEOS_TRY(session.add({"checks.json"}, collect::EntryKind::check_report, document));
  SOURCEOS_TRY(session.add_probes(report.answers));
  SOURCEOS_TRY(add_profile(session, profile.profile));
  collect::SessionFacts& facts = session.facts();
  facts.profile_ref = profile.profile.id;
  facts.workspace_id = profile.profile.agent_plane.workspace_id;
  for (const runtime::MountDecision& decision : report.decisions) {
    if (!decision.is_allowed) {
      facts.denied_attempts.push_back({decision.requested, decision.reason, "deny"});
    }
  }
  const std::string reason = report.checks.is_ready() ? "" : "not-ready";
  json::Value record = new_record("agent-machine-doctor");
  record["profile"] = profile.profile.name;
  record.update(document);
  for (const runtime::MachineCheck& check : report.checks.rows()) {
    if (check.status == "fail" && !check.remediation.empty() && !record.contains("next")) {
      record["next"] = check.remediation;
    }
  }
  return session.finish(
      record, report.checks.is_ready()
                  ? MachineSession::End{}
                  : MachineSession::End{
                        .exit_code = 1, .result = bundle::RunResult::negative, .reason = reason});
}

Tone tone_of(std::string_view status) {
  return status == "pass"   ? Tone::good
         : status == "fail" ? Tone::bad
         : status == "warn" ? Tone::warning
                            : Tone::dim;
}

void print(const json::Value& record, Text& text) {
  text.line(flag_of(record, "ready") ? "ready" : "not ready",
            flag_of(record, "ready") ? Tone::good : Tone::bad);
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& check : part_of(record, "checks")) {
    rows.push_back({Cell(text_of(check, "status"), tone_of(text_of(check, "status"))),
                    text_of(check, "id"), text_of(check, "reason"), text_of(check, "detail")});
  }
  text.table({"status", "check", "reason", "detail"}, rows);
  for (const json::Value& check : part_of(record, "checks")) {
    if (!text_of(check, "remediation").empty()) {
      text.next(text_of(check, "remediation"));
    }
  }
  text.field("bundle", part_of(record, "bundleId"));
}

}  // namespace

constinit const Command k_agent_machine_doctor = {
    .name = "doctor",
    .summary = "check whether this host can run governed workspaces",
    .description =
        "Reads only. Checks the host, Podman, its machine and socket, git, nix, the repositories "
        "that are "
        "named and the evidence store. One cause gives one failure: checks that depend on it are "
        "skipped "
        "and say by which. Exit 0 when nothing fails.",
    .options = k_options,
    .examples = k_examples,
    .run = doctor,
    .print = print,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
