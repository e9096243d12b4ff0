#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/console.hpp"
#include "cli/machine_documents.hpp"
#include "cli/machine_options.hpp"
#include "cli/machine_session.hpp"
#include "cli/render.hpp"
#include "collect/collectors/git_document.hpp"
#include "core/json/json.hpp"
#include "host/host.hpp"
#include "host/tools/git.hpp"
#include "runtime/machine/fingerprint.hpp"
#include "runtime/machine/launch_doors.hpp"
#include "runtime/machine/mount_policy_document.hpp"
#include "runtime/machine/presets.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_own_options = {output_option("Write the fingerprint to this file too")};
constexpr auto k_options =
    joined(k_profile_option, k_repo_option, k_contracts_option, k_own_options);

std::optional<collect::GitFacts> git_of(const Context& context, const std::string& path,
                                        const std::filesystem::path& scratch) {
  if (path.empty() || scratch.empty()) {
    return std::nullopt;
  }
  host::GitQuestion question;
  question.repository = path;
  question.scratch = scratch;
  const auto state = host::Git(context.host.processes).state(question);
  return state ? std::optional(collect::git_facts_of(*state)) : std::nullopt;
}

struct Looked {
  std::vector<runtime::MountRequest> declared;  // by the profile, or what was named
  std::optional<std::string> repo_ref;
  std::string repo_path;  // real; empty: none was named
};

Looked look_at(const std::vector<std::string>& repos, const runtime::Profile& profile,
               const runtime::PolicyContext& policy) {
  Looked out{.declared = profile.declared_mounts(), .repo_ref = std::nullopt, .repo_path = {}};
  if (repos.empty()) {
    return out;
  }
  runtime::MountRequest request;
  request.mount_id = "repo";
  request.host_path = repos.front();
  request.agent_path = "/workspace/dev/repo";
  request.access = runtime::AccessMode::read_write;
  request.origin = runtime::PathOrigin::typed;
  request.direct_execution = true;
  const runtime::MountDecision decision = runtime::decide_mount(policy, request);
  const runtime::DenySet& deny = policy.deny;
  const std::string& shown = decision.resolved.empty() ? decision.requested : decision.resolved;
  out.repo_path = decision.resolved;
  out.repo_ref = runtime::shown_host_path(shown, deny.places().homes);
  if (out.declared.empty()) {
    out.declared.push_back(request);
    out.declared.back().host_path = runtime::home_template(deny.adapter(), shown, deny.home());
  }
  return out;
}

// Printed and written is the bundle's entry with the bundle's name.
Result<Report> finish(const Options& options, Context& context, MachineSession& session,
                      const runtime::Profile& profile,
                      const runtime::FingerprintQuestion& question) {
  SOURCEOS_TRY_ASSIGN(json::Value shown, add_fingerprint(session, question));
  SOURCEOS_TRY(add_profile(session, profile));
  session.facts().profile_ref = profile.id;
  SOURCEOS_TRY_ASSIGN(Report report, session.finish(shown, {}));
  if (session.has_bundle()) {
    shown["evidenceRefs"] = {session.bundle_urn()};
    context.note("bundle " + session.bundle_id());
  }
  if (const auto file = options.value("--output")) {
    SOURCEOS_TRY(write_document(*file, shown, 0644));
  }
  SOURCEOS_TRY(context.console.out(to_json_text(shown, Layout::pretty)));
  return std::move(report).already_printed();
}

Result<Report> fingerprint(const Options& options, Context& context) {
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
  for (const runtime::ProfileRepo& each : profile.profile.repos) {
    policy.granted.push_back(each.host_path);
  }
  const Looked looked = look_at(repos, profile.profile, policy);
  std::vector<runtime::MountDecision> decisions;
  for (const runtime::MountRequest& request : looked.declared) {
    decisions.push_back(runtime::decide_mount(policy, request));
  }
  SOURCEOS_TRY_ASSIGN(const std::string policy_hash,
                      runtime::policy_hash(looked.declared, *named.document));
  const auto doors = runtime::open_door_refs(context.host.environment, contract_directories(options),
                                             profile.profile);
  runtime::FingerprintQuestion question{
      .host = context.host,
      .tools = context.tools,
      .profile = options.has("--profile") ? &profile : nullptr,
      .effective = profile,
      .deny = deny,
      .repo_ref = looked.repo_ref,
      .git = git_of(context, looked.repo_path, session.scratch()),
      .mounts = std::move(decisions),
      .policy_hash = policy_hash,
      .host_tag = machine_tag(session, context),
      .toolkit_version = std::string(context.version),
      .door_refs = doors.value_or(std::vector<std::string>())};
  if (!doors) {
    question.unknowns.push_back(fmt::format("doors: {}", doors.error().reason));
  }
  return finish(options, context, session, profile.profile, question);
}

constexpr std::array k_examples = {
    Example{"What this machine is, with one repository", "agent-machine fingerprint --repo ~/dev/app"},
};

}  // namespace

constinit const Command k_agent_machine_fingerprint = {
    .name = "fingerprint",
    .summary = "print what this machine is, as one document with one hash",
    .description =
        "An AgentMachineFingerprint, in text and with --json. Works without Podman and with a "
        "stopped "
        "machine: what is not known is null and has a note. Two runs on an unchanged host have the "
        "same "
        "fingerprintHash; it does not depend on the names of user and host.",
    .options = k_options,
    .examples = k_examples,
    .run = fingerprint,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
