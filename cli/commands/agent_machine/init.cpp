#include <filesystem>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "cli/commands/commands.hpp"
#include "cli/console.hpp"
#include "cli/guarded.hpp"
#include "cli/machine_hints.hpp"
#include "cli/machine_options.hpp"
#include "cli/machine_session.hpp"
#include "cli/render.hpp"
#include "cli/store_place.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "runtime/doors/contract.hpp"
#include "runtime/machine/presets.hpp"
#include "runtime/machine/secret_detector.hpp"

namespace sourceos::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::array k_own_options = {
    Option{.name = "--name",
           .kind = ValueKind::text,
           .value = "NAME",
           .help = "Name of the profile; the preset's by default"},
    Option{.name = "--enable-tool",
           .kind = ValueKind::text,
           .value = "ID",
           .help = "Enable this tool in it",
           .repeat = Repeat::many},
    Option{.name = "--render", .help = "Print the profile, write nothing"},
    Option{.name = "--force", .help = "Replace a file that is there"},
    output_option("The file; <config root>/profiles/<name>.json by default"),
};
constexpr auto k_options =
    joined(k_profile_option, k_repos_option, k_own_options, k_mutating_options);

constexpr std::array k_examples = {
    Example{"A profile for one repository",
            "agent-machine init --profile linux-native --repo ~/dev/app"},
    Example{"Only look at it",
            "agent-machine init --profile macos-podman --repo ~/dev/app --render"},
};

constexpr const char* k_schema = "agent-machine-init";

struct Draft {
  runtime::Profile profile;
  std::vector<runtime::MountDecision> decisions;
  std::vector<std::string> warnings;
  fs::path file;
};

Status name_profile(const Options& options, runtime::Profile& profile) {
  if (const auto name = options.value("--name")) {
    profile.name = *name;
    profile.id = "urn:srcos:agent-machine-profile:" + *name;
  }
  for (const std::string& id : options.values("--enable-tool")) {
    bool is_known = false;
    for (runtime::ProfileTool& tool : profile.tools) {
      is_known = is_known || tool.tool_id == id;
      tool.is_enabled = tool.is_enabled || tool.tool_id == id;
    }
    if (!is_known) {
      return fail(ErrorKind::usage, "tool-unknown",
                  fmt::format("there is no tool '{}'; there are {}", id,
                              fmt::join(runtime::tool_ids(), ", ")));
    }
  }
  return {};
}

Result<Draft> draft_of(const Options& options, const Context& context,
                       const runtime::PolicyContext& policy) {
  const host::Environment& environment = context.host.environment;
  const std::string preset =
      options.value_or("--profile", runtime::preset_for(environment.adapter));
  Draft draft;
  SOURCEOS_TRY_ASSIGN(draft.profile, runtime::preset_profile(preset));
  SOURCEOS_TRY(name_profile(options, draft.profile));
  if (draft.profile.host_adapter != environment.adapter) {
    draft.warnings.push_back(fmt::format("preset '{}' is for {}, this host is {}", preset,
                                         draft.profile.host_adapter, environment.adapter));
  }
  std::vector<std::string> paths;
  for (const std::string& repo : options.values("--repo")) {
    runtime::MountRequest request;
    request.mount_id = "repo";
    request.host_path = repo;
    request.agent_path = "/workspace/dev/repo";
    request.access = runtime::AccessMode::read_write;
    request.origin = runtime::PathOrigin::typed;
    request.direct_execution = true;
    runtime::MountDecision decision = runtime::decide_mount(policy, request);
    for (const std::string& warning : decision.warnings) {
      draft.warnings.push_back(fmt::format("{}: {}", repo, warning));
    }
    const std::string& path = decision.resolved.empty() ? decision.requested : decision.resolved;
    paths.push_back(runtime::home_template(policy.deny.adapter(), path, policy.deny.home()));
    draft.decisions.push_back(std::move(decision));
  }
  draft.profile.repos = runtime::repos_for(paths);
  draft.file = options.has("--output")
                   ? fs::absolute(options.value_or("--output", ""))
                   : runtime::profile_directory(environment) / (draft.profile.name + ".json");
  return draft;
}

// By the typed reader and by the schema: what would not be read is not written.
Status validate(const runtime::Profile& profile) {
  runtime::SecretDetector secrets;
  const json::Value document = runtime::render_profile(profile);
  SOURCEOS_TRY(runtime::parse_profile(document, secrets));
  SOURCEOS_TRY_ASSIGN(const runtime::Contract contract,
                      runtime::Contract::parse("profile", to_json_text(document, Layout::pretty)));
  SOURCEOS_TRY_ASSIGN(const auto problems, contract.shape_problems());
  if (problems.empty()) {
    return {};
  }
  return fail(ErrorKind::malformed, "profile-invalid",
              fmt::format("the profile at '{}': {}", problems.front().instance_path,
                          problems.front().message));
}

json::Value plan_of(const Draft& draft, const std::vector<std::string>& homes) {
  return {{"type", "AgentMachineInitPlan"},
          {"actions",
           {{{"action", "write-file"},
             {"target", runtime::shown_host_path(draft.file.string(), homes)}}}},
          {"profile", runtime::render_profile(draft.profile)}};
}

Result<Report> refuse(MachineSession& session, const Error& error, const std::string& repo) {
  json::Value record = new_record(k_schema);
  record["message"] = error.read_out();
  record["written"] = false;
  const std::string next =
      error.next.empty() ? hint_for(error.reason, {.repo = repo}) : error.next;
  record["next"] = next.empty() ? json::Value(nullptr) : json::Value(next);
  return session.finish(record, end_of(error));
}

Status record_decisions(MachineSession& session, const Draft& draft) {
  std::size_t n = 0;
  for (const runtime::MountDecision& decision : draft.decisions) {
    json::Value reason = nullptr;
    if (!decision.is_allowed) {
      reason = decision.reason;
      session.facts().denied_attempts.push_back({decision.requested, decision.reason, "deny"});
    }
    SOURCEOS_TRY(session.add({"policy", fmt::format("{:02}-repo.json", ++n)},
                             collect::EntryKind::policy_decision,
                             {{"type", "PolicyDecision"},
                              {"decision", decision.is_allowed ? "allow" : "deny"},
                              {"reason", std::move(reason)},
                              {"path", decision.requested},
                              {"warnings", decision.warnings}}));
  }
  return {};
}

Status check_target(const Options& options, const Draft& draft, const std::string& bytes,
                    std::string& before) {
  const auto there = host::read_file(draft.file, limits::k_config_file_bytes_max);
  if (!there) {
    return there.error().kind == ErrorKind::not_found ? Status() : fail(there.error());
  }
  before = *there;
  if (before != bytes && !options.has("--force")) {
    return fail(Error(ErrorKind::refused, "file-exists",
                      fmt::format("'{}' is there already", draft.file.string()))
                    .with_next("the same command with --force"));
  }
  return {};
}

struct FileChange {
  const std::string& before;  // empty: there was none
  const std::string& after;
};

// The one action of the command, done or planned.
Status write_profile(MachineSession& session, const Draft& draft, const FileChange& change,
                     const json::Value& plan, Go go, const Context& context) {
  const bool is_same = change.before == change.after;
  collect::ActionFacts action;
  action.action = "write-file";
  action.target = draft.file.string();
  action.started_at = context.host.clock.now();
  action.status = is_same         ? collect::ActionStatus::skipped
                  : go == Go::act ? collect::ActionStatus::done
                                  : collect::ActionStatus::planned;
  if (!change.before.empty()) {
    action.before = bundle::sha256(change.before);
  }
  if (go == Go::act && !is_same) {
    SOURCEOS_TRY(session.intend({{"command", "agent-machine init"},
                                 {"subject", draft.profile.name},
                                 {"plan", plan["actions"]}}));
    SOURCEOS_TRY(host::make_directories(draft.file.parent_path(), 0700));
    SOURCEOS_TRY(host::write_file_atomically(draft.file, change.after, 0644, host::Durability::synced));
  }
  action.after = bundle::sha256(change.after);
  action.finished_at = context.host.clock.now();
  session.facts().actions.push_back(std::move(action));
  session.facts().profile_ref = draft.profile.id;
  return {};
}

Result<json::Value> record_of(const Draft& draft, Go go, bool is_same, const Context& context) {
  SOURCEOS_TRY_ASSIGN(const std::string policy_hash,
                      runtime::policy_hash(draft.profile.declared_mounts(), nullptr));
  json::Value record = new_record(k_schema);
  record["written"] = go == Go::act && !is_same;
  record["unchanged"] = is_same;
  record["dryRun"] = go == Go::plan;
  record["file"] = shown_path(context, draft.file);
  record["policyHash"] = policy_hash;
  record["warnings"] = draft.warnings;
  return record;
}

json::Value next_of(const Options& options, const Draft& draft, Go go, const Context& context) {
  if (go == Go::plan) {
    return next_of_plan(options, go);
  }
  return fmt::format("{} agent-machine doctor --profile {} --repo {}", context.program,
                     options.has("--output") ? text::shell_word(shown_path(context, draft.file))
                                             : draft.profile.name,
                     text::shell_word(options.values("--repo").front()));
}

Result<Report> init(const Options& options, Context& context) {
  const bool renders = options.has("--render");
  if (options.values("--repo").empty()) {
    return fail(ErrorKind::usage, "usage", "expected '--repo PATH', there is none");
  }
  const Result<Go> decided = decide_go(options, context);
  const Status placed =
      decided ? check_store_place(context, options.values("--repo")) : fail(decided.error());
  if (!placed) {
    return refuse_early(context,
                        {"agent-machine-profile", options.value_or("--name", "profile"),
                         options.values("--repo").front()},
                        placed.error());
  }
  const Go go = renders ? Go::plan : *decided;
  leave_out_tools_of(context, options.values("--repo"));
  const runtime::DenySet deny = machine_deny_set(context);
  const runtime::PolicyContext policy = machine_policy(context, deny);
  SOURCEOS_TRY_ASSIGN(const Draft draft, draft_of(options, context, policy));
  SOURCEOS_TRY_ASSIGN(
      MachineSession session,
      MachineSession::begin(context, go == Go::act ? bundle::Mode::apply : bundle::Mode::dry_run,
                            "agent-machine-profile", draft.profile.name));
  SOURCEOS_TRY(record_decisions(session, draft));
  for (const runtime::MountDecision& decision : draft.decisions) {
    if (!decision.is_allowed) {
      return refuse(session, Error(ErrorKind::refused, decision.reason, decision.message),
                    decision.request.host_path);
    }
  }
  if (const Status valid = validate(draft.profile); !valid) {
    return refuse(session, valid.error(), {});
  }
  const json::Value document = runtime::render_profile(draft.profile);
  const std::string bytes = to_json_text(document, Layout::pretty);
  const json::Value plan = plan_of(draft, deny.places().homes);
  SOURCEOS_TRY(session.add({"plan.json"}, collect::EntryKind::plan, plan));
  std::string before;
  const Status target = renders ? Status() : check_target(options, draft, bytes, before);
  if (!target) {
    return refuse(session, target.error(), {});
  }
  const bool is_same = before == bytes;
  SOURCEOS_TRY(write_profile(session, draft, {.before = before, .after = bytes}, plan, go, context));
  SOURCEOS_TRY_ASSIGN(json::Value record, record_of(draft, go, is_same, context));
  record["plan"] = plan["actions"];
  record["profile"] = document;
  if (!renders) {
    record["next"] = next_of(options, draft, go, context);
  }
  auto report = session.finish(record, {});
  if (report && renders) {
    for (const std::string& warning : draft.warnings) {
      context.note(warning);
    }
    SOURCEOS_TRY(context.console.out(bytes));
    return std::move(*report).already_printed();
  }
  return report;
}

void print(const json::Value& record, Text& text) {
  if (!text_of(record, "message").empty()) {
    text.line("refused: " + text_of(record, "reason"), Tone::bad);
    text.field("message", text_of(record, "message"));
  } else {
    text.line(flag_of(record, "written")     ? "written"
              : flag_of(record, "unchanged") ? "unchanged"
                                             : "would be written",
              Tone::good);
    text.field("file", text_of(record, "file"));
    text.field("policy", text_of(record, "policyHash"));
    for (const json::Value& warning : part_of(record, "warnings")) {
      text.line("warning: " + explained(warning.get<std::string>()), Tone::warning);
    }
  }
  if (!text_of(record, "next").empty()) {
    text.next(text_of(record, "next"));
  }
  text.field("bundle", part_of(record, "bundleId"));
}

}  // namespace

constinit const Command k_agent_machine_init = {
    .name = "init",
    .summary = "make a profile for repositories of this host",
    .description =
        "Each repository passes the mount policy first: one that is denied refuses the whole "
        "command and "
        "nothing is written. No secret, credential directory or socket is put in. Tools are "
        "disabled "
        "unless they are named. An existing file is replaced only with --force.",
    .options = k_options,
    .examples = k_examples,
    .run = init,
    .print = print,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
