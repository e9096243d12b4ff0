#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/guarded.hpp"
#include "cli/machine_documents.hpp"
#include "cli/machine_hints.hpp"
#include "cli/machine_options.hpp"
#include "cli/machine_session.hpp"
#include "cli/render.hpp"
#include "core/json/json.hpp"
#include "core/time.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "runtime/machine/mount_plan.hpp"
#include "runtime/machine/real_path.hpp"

namespace sourceos::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::array k_root_options = {
    Option{.name = "--dev-root",
           .kind = ValueKind::directory,
           .value = "PATH",
           .help = "Code root; ~/dev by default"},
    Option{.name = "--docs-root",
           .kind = ValueKind::directory,
           .value = "PATH",
           .help = "Where agents write documents; ~/Documents/SourceOS/agent-output by default"},
    Option{.name = "--downloads-root",
           .kind = ValueKind::directory,
           .value = "PATH",
           .help = "A browser's downloads; ~/Downloads/SourceOS/agent-downloads by default"},
};
constexpr std::array k_inspect_own = {
    Option{.name = "--include-downloads", .help = "Show download mounts too"},
};
constexpr std::array k_init_own = {
    output_option("Write the mount evidence to this file"),
};
constexpr auto k_plan_options = joined(k_profile_option, k_root_options, k_contracts_option);
constexpr auto k_inspect_options =
    joined(k_profile_option, k_root_options, k_contracts_option, k_inspect_own);
constexpr auto k_init_options = joined(k_profile_option, k_root_options, k_contracts_option,
                                       k_init_own, k_mutating_options);

struct Planned {
  runtime::LoadedProfile profile;
  runtime::MachineMountPlan plan;
  std::vector<std::string> homes;
  std::optional<Error> unresolved;  // of the mount policy that the profile names
};

Result<Planned> planned(const Options& options, const Context& context) {
  Planned made;
  SOURCEOS_TRY_ASSIGN(made.profile, chosen_profile(options, context));
  const runtime::DenySet deny = machine_deny_set(context);
  SOURCEOS_TRY_ASSIGN(const runtime::NamedMountPolicy named,
                      runtime::find_mount_policy(context.host.environment,
                                                 contract_directories(options), made.profile.profile));
  runtime::PolicyContext policy = machine_policy(context, deny);
  policy.policy = named.in_force();
  for (const runtime::ProfileRepo& repo : made.profile.profile.repos) {
    policy.granted.push_back(repo.host_path);
  }
  runtime::MountRoots roots;
  roots.dev = options.value_or("--dev-root", roots.dev);
  roots.documents = options.value_or("--docs-root", roots.documents);
  roots.downloads = options.value_or("--downloads-root", roots.downloads);
  SOURCEOS_TRY_ASSIGN(made.plan, runtime::plan_mounts(policy, made.profile.profile, roots, named));
  made.homes = deny.places().homes;
  made.unresolved = named.unresolved;
  return made;
}

Status record_plan(MachineSession& session, const Planned& made, const json::Value& document) {
  SOURCEOS_TRY(session.add({"plan.json"}, collect::EntryKind::plan, document));
  SOURCEOS_TRY(add_profile(session, made.profile.profile));
  collect::SessionFacts& facts = session.facts();
  facts.profile_ref = made.profile.profile.id;
  facts.workspace_id = made.profile.profile.agent_plane.workspace_id;
  if (const auto digest = bundle::Digest::parse(made.plan.policy_hash)) {
    facts.policy_hash = *digest;
  }
  for (const runtime::PlannedMount& mount : made.plan.mounts) {
    if (!mount.decision.is_allowed && mount.decision.reason != "path-missing") {
      facts.denied_attempts.push_back(
          {mount.decision.requested.empty() ? mount.request.host_path : mount.decision.requested,
           mount.decision.reason, "deny"});
    }
    if (mount.decision.is_allowed) {
      facts.mounts.push_back(runtime::mount_row(
          mount.decision,
          {.host_path_ref = runtime::shown_host_path(mount.decision.resolved, made.homes),
           .storage_backend = made.plan.backend,
           .git_ref = std::nullopt,
           .content_hash = std::nullopt,
           .podman_options = {}}));
    }
  }
  return {};
}

MachineSession::End end_for(const runtime::MachineMountPlan& plan) {
  if (plan.is_allowed()) {
    return {};
  }
  std::string reason = "mount-denied";
  for (const runtime::PlannedMount& mount : plan.mounts) {
    if (!mount.decision.is_allowed && mount.decision.reason != "path-missing") {
      reason = mount.decision.reason;
      break;
    }
  }
  return {.exit_code = 1, .result = bundle::RunResult::negative, .reason = reason};
}

json::Value as_record(const char* schema, const json::Value& document) {
  json::Value record = new_record(schema);
  record.update(document);
  return record;
}

Result<Report> plan(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const Planned made, planned(options, context));
  SOURCEOS_TRY_ASSIGN(MachineSession session,
                      MachineSession::begin(context, bundle::Mode::read_only,
                                            "agent-machine-mounts", made.plan.profile));
  const json::Value document =
      runtime::mount_plan_document(made.plan, runtime::PlanScope::all, made.homes);
  SOURCEOS_TRY(record_plan(session, made, document));
  return session.finish(as_record("agent-machine-mounts-plan", document), end_for(made.plan));
}

Result<Report> inspect(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const Planned made, planned(options, context));
  SOURCEOS_TRY_ASSIGN(MachineSession session,
                      MachineSession::begin(context, bundle::Mode::read_only,
                                            "agent-machine-mounts", made.plan.profile));
  const auto scope = options.has("--include-downloads") ? runtime::PlanScope::all
                                                        : runtime::PlanScope::without_downloads;
  json::Value document = runtime::mount_plan_document(made.plan, scope, made.homes);
  document["operation"] = "inspect";
  SOURCEOS_TRY(record_plan(session, made, document));
  return session.finish(as_record("agent-machine-mounts-inspect", document), end_for(made.plan));
}

// --- init

collect::ActionFacts action_of(const runtime::PlannedMount& mount, const Context& context, Go go) {
  collect::ActionFacts action;
  action.action = "create-directory";
  action.target = mount.decision.resolved;
  action.started_at = action.finished_at = context.host.clock.now();
  action.status = go == Go::act ? collect::ActionStatus::done : collect::ActionStatus::planned;
  return action;
}

// The parents were resolved by the policy: a link that came since is not followed.
Status make_directory(const fs::path& path) {
  fs::path at = "/";
  for (const fs::path& part : path.relative_path()) {
    at /= part;
    SOURCEOS_TRY(host::make_directories(at, 0700));
    const auto opened = runtime::open_without_links(at);
    if (!opened) {
      return fail(opened.error());
    }
  }
  return {};
}

Status make_all(MachineSession& session, const Planned& made, const Context& context, Go go) {
  for (const runtime::PlannedMount& mount : made.plan.mounts) {
    if (!mount.is_to_be_made()) {
      continue;
    }
    collect::ActionFacts action = action_of(mount, context, go);
    Status status;
    if (go == Go::act) {
      status = make_directory(mount.decision.resolved);
      action.status = status ? action.status : collect::ActionStatus::failed;
      action.finished_at = context.host.clock.now();
    }
    SOURCEOS_TRY(session.add({"actions", mount.request.mount_id + ".json"},
                             collect::EntryKind::lifecycle_action, action.to_json()));
    session.facts().actions.push_back(std::move(action));
    SOURCEOS_TRY(status);
  }
  return {};
}

Result<Report> init(const Options& options, Context& context) {
  const Result<Go> decided = decide_go(options, context, Guard::always);
  if (!decided) {
    return refuse_early(context, {"agent-machine-mounts", "mounts", "mounts"}, decided.error());
  }
  const Go go = *decided;
  SOURCEOS_TRY_ASSIGN(const Planned made, planned(options, context));
  const bool is_allowed = made.plan.is_allowed();
  SOURCEOS_TRY_ASSIGN(
      MachineSession session,
      MachineSession::begin(context, go == Go::act ? bundle::Mode::apply : bundle::Mode::dry_run,
                            "agent-machine-mounts", made.plan.profile));
  json::Value document =
      runtime::mount_plan_document(made.plan, runtime::PlanScope::all, made.homes);
  document["operation"] = "init";
  document["dryRun"] = go == Go::plan;
  SOURCEOS_TRY(record_plan(session, made, document));
  document["created"] = json::Value::array();
  document["executed"] = go == Go::act && is_allowed;
  if (!is_allowed) {
    return session.finish(as_record("agent-machine-mounts-init", document), end_for(made.plan));
  }
  if (go == Go::act && made.unresolved) {
    document["executed"] = false;
    document["message"] = made.unresolved->read_out();
    document["next"] = made.unresolved->next;
    return session.finish(as_record("agent-machine-mounts-init", document), end_of(*made.unresolved));
  }
  if (go == Go::act) {
    SOURCEOS_TRY(session.intend({{"command", "agent-machine mounts init"},
                                 {"subject", made.plan.profile},
                                 {"plan", document["wouldCreate"]}}));
  }
  if (const Status status = make_all(session, made, context, go); !status) {
    document["message"] = status.error().read_out();
    return session.finish(
        as_record("agent-machine-mounts-init", document),
        {.exit_code = 3, .result = bundle::RunResult::partial, .reason = status.error().reason});
  }
  const json::Value evidence = session.clean(runtime::mount_evidence_document(
      made.plan, made.profile.profile, made.homes, format_seconds(context.host.clock.now())));
  SOURCEOS_TRY(session.add({"mount-evidence.json"}, collect::EntryKind::mount_evidence, evidence));
  if (go == Go::plan) {
    document["next"] = next_of_plan(options, go);
  }
  if (go == Go::act) {
    document["created"] = document["wouldCreate"];
    if (const auto file = options.value("--output")) {
      SOURCEOS_TRY(write_document(*file, evidence, 0600));
      document["evidenceOut"] = shown_path(context, *file);
    } else {
      document["mountEvidence"] = evidence;
    }
  }
  return session.finish(as_record("agent-machine-mounts-init", document), {});
}

std::string state_of(const json::Value& mount, bool is_executed) {
  return flag_of(mount, "exists")                            ? "there"
         : is_executed && flag_of(mount, "createIfMissing") ? "made"
                                                            : "missing";
}

void print(const json::Value& record, Text& text) {
  if (!text_of(record, "message").empty() && !record.contains("mounts")) {
    text.line("refused: " + text_of(record, "reason"), Tone::bad);
    text.field("message", text_of(record, "message"));
    if (!text_of(record, "next").empty()) {
      text.next(text_of(record, "next"));
    }
    text.field("bundle", part_of(record, "bundleId"));
    return;
  }
  const json::Value& errors = part_of(record, "policyErrors");
  const bool is_denied = errors.is_array() && !errors.empty();
  const bool is_executed = flag_of(record, "executed");
  text.line(is_denied                           ? "denied"
            : !is_executed                      ? "allowed"
            : part_of(record, "created").empty() ? "nothing to make"
                                                : "made",
            is_denied ? Tone::bad : Tone::good);
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& mount : part_of(record, "mounts")) {
    rows.push_back({text_of(mount, "mountId"), state_of(mount, is_executed),
                    text_of(mount, "accessMode"), text_of(mount, "resolvedHostPath"),
                    text_of(mount, "agentPath"), text_of(mount, "reason")});
  }
  text.table({"mount", "now", "access", "host", "inside", "reason"}, rows);
  for (const json::Value& path :
       part_of(record, flag_of(record, "executed") ? "created" : "wouldCreate")) {
    text.line((flag_of(record, "executed") ? "made " : "would make ") + path.get<std::string>());
  }
  for (const json::Value& error : errors.is_array() ? errors : json::Value::array()) {
    text.line(fmt::format("{}: {}", text_of(error, "mountId"), text_of(error, "message")), Tone::bad);
  }
  for (const json::Value& warning : part_of(record, "warnings")) {
    text.line("warning: " + explained(warning.get<std::string>()), Tone::warning);
  }
  text.field("policy", text_of(record, "policyHash"));
  if (!text_of(record, "next").empty()) {
    text.next(text_of(record, "next"));
  }
  text.field("bundle", part_of(record, "bundleId"));
}

constexpr std::array k_plan_examples = {
    Example{"The default mounts under this policy", "agent-machine mounts plan"},
};
constexpr std::array k_inspect_examples = {
    Example{"All mounts, those for downloads too", "agent-machine mounts inspect --include-downloads"},
};
constexpr std::array k_init_examples = {
    Example{"Make the directories that are declared and missing",
            "agent-machine mounts init --execute --policy-ok"},
};

}  // namespace

constinit const Command k_agent_machine_mounts_plan = {
    .name = "plan",
    .summary = "print the default mounts and what the policy says to them",
    .options = k_plan_options,
    .examples = k_plan_examples,
    .run = plan,
    .print = print,
    .store = StoreUse::optional,
};
constinit const Command k_agent_machine_mounts_inspect = {
    .name = "inspect",
    .summary = "look at the mounts as they are now",
    .description = "Download mounts are left out unless they are asked for.",
    .options = k_inspect_options,
    .examples = k_inspect_examples,
    .run = inspect,
    .print = print,
    .store = StoreUse::optional,
};
constinit const Command k_agent_machine_mounts_init = {
    .name = "init",
    .summary = "make the declared directories that are missing",
    .description =
        "Prints the plan; with --execute and --policy-ok it makes only the directories that are "
        "declared to "
        "be made. A code root is never made, and the whole Downloads folder never mounted.",
    .options = k_init_options,
    .examples = k_init_examples,
    .run = init,
    .print = print,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
