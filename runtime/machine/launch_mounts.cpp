#include "runtime/machine/launch_mounts.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/host.hpp"
#include "runtime/machine/mount_policy.hpp"
#include "runtime/machine/real_path.hpp"
#include "runtime/machine/shared_paths.hpp"

namespace sourceos::runtime {

namespace fs = std::filesystem;

const ProfileRepo* LaunchMounts::find_repo() const {
  const Adapter adapter = question_.deny.adapter();
  const auto key_of = [&](const std::string& path) {
    return path_key(adapter, resolve_existing_part(path).value_or(RealPath{path, false}).path);
  };
  const PathKey wanted = key_of(repo_path_);
  const ProfileRepo* best = nullptr;
  std::size_t best_depth = 0;
  for (const ProfileRepo& repo : profile_.repos) {
    const PathKey key = key_of(expand_home(repo.host_path, question_.deny.home()));
    const Relation where = relation(wanted, key);
    if ((where == Relation::equal || where == Relation::below) &&
        (best == nullptr || key.size() > best_depth)) {
      best = &repo;
      best_depth = key.size();
    }
  }
  return best;
}

std::string LaunchMounts::agent_path_of(const ProfileRepo& repo) const {
  const std::string root = expand_home(repo.host_path, question_.deny.home());
  const fs::path below =
      fs::path(resolve_existing_part(repo_path_).value_or(RealPath{repo_path_, false}).path)
          .lexically_relative(resolve_existing_part(root).value_or(RealPath{root, false}).path);
  return below.empty() || below == "." ? repo.agent_path
                                       : (fs::path(repo.agent_path) / below).string();
}

MountRequest LaunchMounts::repo_request(const ProfileRepo* repo) const {
  MountRequest request;
  request.mount_id = repo == nullptr ? "repo" : "repo-" + repo->repo_id;
  request.path_class = PathClass::code;
  request.host_path = question_.repo;
  request.agent_path = repo == nullptr ? "/workspace/dev/repo" : agent_path_of(*repo);
  request.access = repo == nullptr ? AccessMode::read_write : repo->access;
  request.origin = PathOrigin::typed;
  request.direct_execution = true;
  request.git_metadata_writable = profile_.is_git_metadata_writable;
  return request;
}

// Roots of a policy may want a grant: an entry of the profile or a path of the grant covers.
std::vector<std::string> LaunchMounts::granted_paths(const LaunchPlan& plan) const {
  std::vector<std::string> paths;
  for (const ProfileRepo& repo : profile_.repos) {
    paths.push_back(repo.host_path);
  }
  if (plan.grant) {
    for (const json::Value& scope : plan.grant->document().at("allowedRepoPaths")) {
      paths.push_back(scope.at("path").get<std::string>());
    }
  }
  return paths;
}

Status LaunchMounts::check(LaunchPlan& plan) {
  const host::Environment& environment = question_.host.environment;
  const fs::path workspace_cache =
      cache_root(environment) /
      profile_.agent_plane.workspace_id.substr(profile_.agent_plane.workspace_id.rfind(':') + 1);
  PolicyContext context{
      .deny = question_.deny, .directory = question_.directory, .cache_root = workspace_cache};
  context.policy = policy_ == nullptr ? nullptr : policy_->in_force();
  context.granted = granted_paths(plan);
  context.scan.mount_table = host::system_path(environment, "/proc/self/mountinfo");
  std::vector<AllowedRoot> roots;
  for (const ProfileRepo& repo : profile_.repos) {
    roots.push_back({.path = repo.host_path, .access = repo.access});
  }
  const ProfileRepo* repo = find_repo();
  if (repo != nullptr) {
    repo_ = *repo;
  }
  PolicyContext for_repo = context;
  for_repo.roots = std::move(roots);
  SOURCEOS_TRY(take(decide_mount(for_repo, repo_request(repo)), plan));
  for (const ProfileMount& mount : profile_.mounts) {
    SOURCEOS_TRY(take(decide_mount(context, mount.request), plan));
  }
  return check_sharing(plan);
}

Status LaunchMounts::take(MountDecision decision, LaunchPlan& plan) const {
  for (const std::string& word : decision.warnings) {
    plan.warnings.push_back(fmt::format("{}: {}", decision.request.mount_id, word));
  }
  for (const MountFinding& finding : decision.scan.findings) {
    if (finding.is_denied) {
      plan.denied.push_back(
          {(fs::path(decision.resolved) / finding.path).string(), finding.kind, "deny"});
    }
  }
  const bool is_allowed = decision.is_allowed;
  const Error error(ErrorKind::refused, decision.reason,
                    fmt::format("mount '{}': {}", decision.request.mount_id, decision.message));
  if (!is_allowed && plan.denied.empty()) {
    plan.denied.push_back({decision.resolved.empty() ? decision.requested : decision.resolved,
                            decision.reason, "deny"});
  }
  if (is_allowed && decision.request.path_class == PathClass::artifacts) {
    // A fresh folder each time: what was written earlier is not seen.
    decision.resolved = (fs::path(decision.resolved) / question_.session_id).string();
    decision.exists = false;
    decision.pin.reset();
  }
  if (is_allowed && !decision.exists) {
    plan.to_make.emplace_back(decision.resolved);
  }
  plan.mounts.push_back(std::move(decision));
  return is_allowed ? Status() : fail(error);
}

Status LaunchMounts::check_sharing(LaunchPlan& plan) {
  const bool has_shares = profile_.runtime.uses_machine() && profile_.runtime.provider != "wsl";
  if (profile_.runtime.provider == "wsl") {
    plan.non_claims.emplace_back(
        "All fixed drives of Windows are visible inside a WSL machine.");
  }
  if (!has_shares || !podman_.is_found()) {
    return {};
  }
  const MachineFacts machine = podman_.machine(profile_.runtime.machine_name.value_or(""));
  for (const MountDecision& mount : plan.mounts) {
    if (!is_shared_into_machine(machine, question_.deny, mount.resolved)) {
      plan.denied.push_back({mount.resolved, "not-shared-into-vm", "deny"});
      return fail(
          Error(ErrorKind::refused, "not-shared-into-vm",
                fmt::format("'{}' is in no path that machine '{}' sees", mount.request.host_path,
                            profile_.runtime.machine_name.value_or("")))
              .with_next(fmt::format("podman machine init --volume {0}:{0} NAME",
                                     text::shell_word(mount.resolved))));
    }
  }
  return {};
}

}  // namespace sourceos::runtime
