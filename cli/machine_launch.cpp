#include "cli/machine_launch.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/console.hpp"
#include "cli/guarded.hpp"
#include "cli/machine_attach.hpp"
#include "cli/machine_documents.hpp"
#include "cli/machine_hints.hpp"
#include "cli/machine_launch_records.hpp"
#include "cli/machine_options.hpp"
#include "cli/machine_session.hpp"
#include "cli/render.hpp"
#include "cli/store_place.hpp"
#include "core/bytes.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/interrupt.hpp"
#include "runtime/doors/grant_uses.hpp"
#include "runtime/machine/launch.hpp"

namespace sourceos::cli {

namespace fs = std::filesystem;

namespace {

using collect::EntryKind;
using runtime::LaunchKind;

class LaunchCommand {
 public:
  LaunchCommand(const Options& options, Context& context, LaunchKind kind)
      : options_(options), context_(context), kind_(kind), deny_(machine_deny_set(context)) {}

  Result<Report> run() {
    SOURCEOS_TRY(check_usage());
    const Result<Go> go = decide_go(options_, context_);
    const Status placed = go ? check_store_place(context_, {repo()}) : fail(go.error());
    if (!placed) {
      return refuse_early(context_, {"agent-machine-session", subject(), repo()}, placed.error());
    }
    go_ = *go;
    leave_out_tools_of(context_, {repo()});
    SOURCEOS_TRY_ASSIGN(MachineSession session,
                        MachineSession::begin(
                            context_, go_ == Go::act ? bundle::Mode::apply : bundle::Mode::dry_run,
                            "agent-machine-session", subject()));
    session_ = &session;
    auto profile = chosen_profile(options_, context_);
    if (!profile && profile.error().kind == ErrorKind::usage) {
      return fail(std::move(profile).error());
    }
    if (!profile) {
      return refuse_profile(profile.error());
    }
    profile_ = &*profile;
    session_id_ = hex_encode(context_.host.random.bytes(16));
    plan_ = runtime::plan_launch(question());
    if (context_.host.is_interrupted()) {  // what Podman did not answer then says nothing
      return fail(ErrorKind::interrupted, "interrupted", "interrupted before anything was done");
    }
    if (plan_.refusal && plan_.refusal->kind == ErrorKind::usage) {
      return fail(*plan_.refusal);
    }
    SOURCEOS_TRY(record_plan());
    if (!plan_.is_allowed()) {
      return finish(end_of(*plan_.refusal));
    }
    return go_ == Go::plan ? finish_plan() : act();
  }

 private:
  std::string repo() const { return options_.value_or("--repo", ""); }

  std::string subject() const {
    return kind_ == LaunchKind::shell ? "shell" : "run " + options_.value_or("--tool", "");
  }

  // The AgentPlane bundle or run that this launch belongs to.
  std::string bundle_parent() const {
    const std::string governance = options_.value_or("--governance", "");
    return !governance.empty() ? governance
                               : profile_->profile.agent_plane.bundle.value_or("none");
  }

  Status check_usage() const {
    if (repo().empty() && !options_.has("--repo")) {
      return fail(ErrorKind::usage, "usage", "expected '--repo PATH', there is none");
    }
    if (kind_ == LaunchKind::run && !options_.has("--tool")) {
      return fail(ErrorKind::usage, "usage", "expected '--tool ID', there is none");
    }
    return check_tool_name();
  }

  Status check_tool_name() const {
    const std::string tool = options_.value_or("--tool", "");
    const auto& known = runtime::tool_ids();
    if (kind_ == LaunchKind::run && std::find(known.begin(), known.end(), tool) == known.end()) {
      return fail(ErrorKind::usage, "tool-unknown",
                  fmt::format("there is no tool '{}'; there are {}", tool, fmt::join(known, ", ")));
    }
    return {};
  }

  runtime::LaunchQuestion question() {
    return {.host = context_.host,
            .tools = context_.tools,
            .kind = kind_,
            .profile = *profile_,
            .repo = repo(),
            .tool_id = options_.value_or("--tool", ""),
            .args = options_.rest(),
            .shell_command = options_.value_or("--shell", ""),
            .grant_file = options_.value_or("--grant", ""),
            .trust_gate_file = options_.value_or("--trust-gate", ""),
            .governance_ref = options_.value_or("--governance", ""),
            .contract_directories = contract_directories(options_),
            .deny = deny_,
            .directory = fs::current_path(),
            .scratch = session_->scratch(),
            .session_id = session_id_,
            .bundle_parent = bundle_parent(),
            .has_terminal = context_.console.in_is_terminal(),
            .is_dry_run = go_ == Go::plan};
  }

  // --- what goes into the bundle before anything is done

  Status record_plan() {
    collect::SessionFacts& facts = session_->facts();
    const runtime::Profile& profile = profile_->profile;
    facts.profile_ref = profile.id;
    facts.workspace_id = profile.agent_plane.workspace_id;
    if (const auto digest = bundle::Digest::parse(profile_->hash)) {
      facts.profile_hash = *digest;
    }
    if (const auto digest = bundle::Digest::parse(plan_.policy_hash)) {
      facts.policy_hash = *digest;
    }
    facts.git = plan_.git;
    facts.image = plan_.image;
    facts.denied_attempts = plan_.denied;
    facts.grants = plan_.grants;
    facts.non_claims = plan_.non_claims;
    const json::Value rows = plan_.mount_rows(deny_.places().homes);
    facts.mounts.assign(rows.begin(), rows.end());
    SOURCEOS_TRY(session_->add({"policy-decision.json"}, EntryKind::policy_decision,
                               plan_.decision_document()));
    SOURCEOS_TRY(session_->add(
        {"mount-evidence.json"}, EntryKind::mount_evidence,
        {{"type", "MountEvidence"},
         {"policyHash", plan_.policy_hash},
         {"localDataPlaneRef", profile.local_data_plane_ref},
         {"mountPolicyRef", profile.mount_policy_ref},
         {"mounts", rows},
         {"contents", plan_.content_rows()}}));
    if (!plan_.git_text.empty()) {
      SOURCEOS_TRY(session_->add({"git", "before.json"}, EntryKind::git_state,
                                 json::Value::parse(plan_.git_text, nullptr, false)));
    }
    SOURCEOS_TRY(record_documents());
    return session_->add_probes(plan_.answers);
  }

  // The profile and the plan of every launch; of an allowed one also the fingerprint of the machine.
  Status record_documents() {
    SOURCEOS_TRY(add_profile(*session_, profile_->profile));
    json::Value rows = json::Value::array();
    if (plan_.is_allowed()) {
      for (const collect::ActionFacts& action : actions()) {
        rows.push_back(action.to_json());
      }
    }
    SOURCEOS_TRY(session_->add({"plan.json"}, EntryKind::plan,
                               {{"type", "AgentMachineLaunchPlan"},
                                {"subject", subject()},
                                {"sessionClass", plan_.session_class},
                                {"actions", std::move(rows)}}));
    return plan_.is_allowed() ? record_fingerprint() : Status();
  }

  Status record_fingerprint() {
    std::vector<runtime::MountDecision> mounts = plan_.mounts;
    for (runtime::MountDecision& mount : mounts) {
      if (mount.request.path_class == runtime::PathClass::artifacts) {
        // Each launch has a folder of its own: the machine's is what holds them.
        mount.resolved = fs::path(mount.resolved).parent_path().string();
        mount.exists = host::describe(mount.resolved).has_value();
      }
    }
    const runtime::FingerprintQuestion question{
        .host = context_.host,
        .tools = context_.tools,
        .profile = profile_,
        .effective = *profile_,
        .deny = deny_,
        .repo_ref = runtime::shown_host_path(mounts.front().resolved, deny_.places().homes),
        .git = plan_.git,
        .mounts = std::move(mounts),
        .policy_hash = plan_.policy_hash,
        .host_tag = machine_tag(*session_, context_),
        .toolkit_version = std::string(context_.version),
        .door_refs = plan_.door_refs};
    SOURCEOS_TRY(add_fingerprint(*session_, question));
    return {};
  }

  Result<Report> refuse_profile(const Error& error) {
    session_->facts().denied_attempts.push_back({repo(), error.reason, "deny"});
    SOURCEOS_TRY(session_->add(
        {"policy-decision.json"}, EntryKind::policy_decision,
        {{"type", "PolicyDecision"}, {"decision", "deny"}, {"reason", error.reason}}));
    plan_.refusal = error;
    return finish(end_of(error));
  }

  Result<Report> finish_plan() {
    for (collect::ActionFacts& action : actions()) {
      session_->facts().actions.push_back(std::move(action));
    }
    return finish({.started = false});
  }

  std::vector<collect::ActionFacts> actions() {
    return runtime::planned_actions(context_.host, context_.tools, address(), plan_);
  }

  runtime::PodmanAddress address() const {
    return runtime::podman_address(profile_->profile, context_.host.environment);
  }

  // --- acting

  Result<Report> act() {
    json::Value planned = json::Value::array();
    for (const collect::ActionFacts& action : actions()) {
      planned.push_back({{"action", action.action}, {"target", action.target}});
    }
    SOURCEOS_TRY(session_->intend({{"command", "agent-machine " + context_.path.back()},
                                   {"subject", subject()},
                                   {"policyHash", plan_.policy_hash},
                                   {"sessionId", session_id_},
                                   {"plan", std::move(planned)}}));
    if (plan_.grant) {
      const auto uses =
          runtime::count_grant_use(context_.host.environment.state_root, *plan_.grant);
      if (!uses) {
        plan_.refusal = uses.error();
        session_->facts().denied_attempts.push_back({repo(), uses.error().reason, "deny"});
        return finish(end_of(uses.error()));
      }
    }
    Attachment attachment(context_, session_->pipeline(), plan_);
    outcome_ =
        runtime::launch(context_.host, context_.tools, address(), plan_,
                        [&](const std::vector<std::string>& argv) { return attachment.run(argv); });
    // What was done is told, also when a signal ended it.
    const host::InterruptShield shield;
    if (!outcome_.container_left().empty()) {
      plan_.warnings.emplace_back("container-left");
    }
    SOURCEOS_TRY(record_launch_end({*session_, context_, plan_, outcome_, attachment, session_id_,
                                    deny_.places().homes}));
    return finish(outcome_end());
  }

  MachineSession::End outcome_end() const {
    if (outcome_.failure) {
      MachineSession::End end = end_of(*outcome_.failure);
      end.started = outcome_.is_started;
      return end;
    }
    return {.exit_code = outcome_.exit_code,
            .result = outcome_.exit_code == 0 ? bundle::RunResult::ok : bundle::RunResult::negative,
            .reason = "",
            .started = true};
  }

  LaunchAsked asked() const {
    LaunchAsked asked{.repo = repo(),
                      .tool = kind_ == LaunchKind::run ? options_.value_or("--tool", "") : "",
                      .profile = options_.value_or("--profile", ""),
                      .file = {},
                      .image = {}};
    if (profile_ != nullptr) {
      asked.file = profile_->file.empty() ? "" : shown_path(context_, profile_->file);
      asked.image = profile_->profile.image.reference;
    }
    return asked;
  }

  Result<Report> finish(MachineSession::End end) {
    json::Value record = new_record("agent-machine-" + context_.path.back());
    record["started"] = end.started.value_or(false);
    end.started = end.started.value_or(false);
    record["dryRun"] = go_ == Go::plan;
    record["sessionId"] = session_id_.empty() ? json::Value(nullptr) : json::Value(session_id_);
    record["sessionClass"] = plan_.session_class;
    record["policyHash"] =
        plan_.policy_hash.empty() ? json::Value(nullptr) : json::Value(plan_.policy_hash);
    record["decision"] = plan_.decision_document();
    record["mounts"] = plan_.mount_rows(deny_.places().homes);
    record["warnings"] = plan_.warnings;
    record["findings"] = finding_rows(*session_);
    record["deniedAttempts"] = json::Value::array();
    for (const collect::DeniedAttempt& denied : session_->facts().denied_attempts) {
      record["deniedAttempts"].push_back(
          {{"pathRef", runtime::shown_host_path(denied.path, deny_.places().homes)},
           {"reason", denied.reason},
           {"severity", denied.severity}});
    }
    const std::optional<Error>& error = plan_.refusal ? plan_.refusal : outcome_.failure;
    record["message"] = error ? json::Value(error->read_out()) : json::Value(nullptr);
    const std::string left = outcome_.container_left();
    const std::string next = !left.empty()         ? "podman rm --force " + left
                             : !error              ? next_of_plan(options_, go_)
                             : error->next.empty() ? hint_for(error->reason, asked())
                                                   : error->next;
    record["next"] = next.empty() ? json::Value(nullptr) : json::Value(next);
    record["plan"] = json::Value::array();
    for (const collect::ActionFacts& action : session_->facts().actions) {
      record["plan"].push_back(action.to_json());
    }
    if (end.started.value_or(false) && !error) {
      // The code is that of the program inside: it says nothing of a partial or a wrong call.
      record["result"] = end.exit_code == 0 ? "ok" : "negative";
    }
    SOURCEOS_TRY_ASSIGN(Report report, session_->finish(record, end));
    // What the program inside wrote is on standard output; where its evidence is goes beside it.
    if (outcome_.is_started && !context_.json) {
      for (const json::Value& finding : part_of(record, "findings")) {
        if (text_of(finding, "severity") == "high") {
          context_.note(fmt::format("look before git is used there: {} ({})", text_of(finding, "message"),
                                    text_of(finding, "ruleId")));
        }
      }
      if (!left.empty()) {
        context_.note(explained("container-left") + ": " + next);
      }
      context_.note("bundle " + session_->bundle_id());
    }
    return report;
  }

  const Options& options_;
  Context& context_;
  LaunchKind kind_;
  runtime::DenySet deny_;
  Go go_ = Go::act;
  MachineSession* session_ = nullptr;
  const runtime::LoadedProfile* profile_ = nullptr;
  std::string session_id_;
  runtime::LaunchPlan plan_;
  runtime::LaunchOutcome outcome_;
};

}  // namespace

Result<Report> run_launch(const Options& options, Context& context, LaunchKind kind) {
  return LaunchCommand(options, context, kind).run();
}

void print_launch(const json::Value& record, Text& text) {
  const std::string reason = text_of(record, "reason");
  if (flag_of(record, "started") && reason.empty()) {
    return;  // the program inside has said what there is to say
  }
  if (!reason.empty()) {
    text.line("refused: " + reason, Tone::bad);
    text.field("message", text_of(record, "message"));
  } else {
    text.line("would be launched", Tone::good);
  }
  for (const json::Value& action : part_of(record, "plan")) {
    std::string words;
    for (const json::Value& word : part_of(action, "argv")) {
      words += (words.empty() ? "" : " ") + text::shell_word(word.get<std::string>());
    }
    text.field(text_of(action, "action"), words.empty() ? text_of(action, "target") : words);
  }
  for (const json::Value& warning : part_of(record, "warnings")) {
    text.line("warning: " + explained(warning.get<std::string>()), Tone::warning);
  }
  if (!text_of(record, "next").empty()) {
    text.next(text_of(record, "next"));
  }
  text.field("bundle", part_of(record, "bundleId"));
}

}  // namespace sourceos::cli
