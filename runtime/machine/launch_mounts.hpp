// The mounts of a launch: which repository entry it uses, what the policy says to each, and whether
// a machine sees them (agent-machine 6).
#pragma once

#include <optional>
#include <string>

#include "core/result.hpp"
#include "runtime/machine/launch_gates.hpp"
#include "runtime/machine/mount_policy_document.hpp"

namespace sourceos::runtime {

class LaunchMounts {
 public:
  // All must outlive it; `repo_path` is absolute, or empty for a path that is none.
  LaunchMounts(const LaunchQuestion& question, const Profile& profile, const std::string& repo_path,
               PodmanClient& podman)
      : question_(question), profile_(profile), repo_path_(repo_path), podman_(podman) {}

  void use(const NamedMountPolicy& policy) { policy_ = &policy; }

  // The entry whose folder is, or holds, the repository that was asked for; the innermost one.
  [[nodiscard]] const ProfileRepo* find_repo() const;
  // Decides every mount, the repository first; the first refusal ends it.
  [[nodiscard]] Status check(LaunchPlan& plan);
  // After check(): the entry that was used, or nullptr.
  [[nodiscard]] const ProfileRepo* repo() const { return repo_ ? &*repo_ : nullptr; }

 private:
  [[nodiscard]] std::string agent_path_of(const ProfileRepo& repo) const;
  [[nodiscard]] MountRequest repo_request(const ProfileRepo* repo) const;
  [[nodiscard]] std::vector<std::string> granted_paths(const LaunchPlan& plan) const;
  [[nodiscard]] Status take(MountDecision decision, LaunchPlan& plan) const;
  [[nodiscard]] Status check_sharing(LaunchPlan& plan);

  const LaunchQuestion& question_;
  const Profile& profile_;
  const std::string& repo_path_;
  PodmanClient& podman_;
  const NamedMountPolicy* policy_ = nullptr;
  std::optional<ProfileRepo> repo_;
};

}  // namespace sourceos::runtime
