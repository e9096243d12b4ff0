#include "runtime/machine/shared_paths.hpp"

#include <algorithm>

#include "runtime/machine/host_path.hpp"
#include "runtime/machine/real_path.hpp"

namespace sourceos::runtime {

std::vector<std::string> machine_roots(const Profile& profile, const DenySet& deny) {
  std::vector<std::string> roots;
  for (const MountRequest& mount : profile.declared_mounts()) {
    const std::string path = expand_home(mount.host_path, deny.home());
    roots.push_back(resolve_existing_part(path).value_or(RealPath{path, false}).path);
  }
  std::sort(roots.begin(), roots.end());
  roots.erase(std::unique(roots.begin(), roots.end()), roots.end());
  return roots;
}

bool is_shared_into_machine(const MachineFacts& machine, const DenySet& deny,
                            const std::string& path) {
  const PathKey key = path_key(deny.adapter(), path);
  return !machine.exposure_known ||
         std::any_of(machine.shared_paths.begin(), machine.shared_paths.end(),
                     [&](const std::string& shared) {
                       const Relation where = relation(key, path_key(deny.adapter(), shared));
                       return where == Relation::equal || where == Relation::below;
                     });
}

std::string vm_exposure(const ProfileRuntime& runtime, const MachineFacts& machine,
                        const DenySet& deny, const std::vector<std::string>& roots) {
  if (!runtime.uses_machine()) {
    return "not-applicable";
  }
  if (runtime.provider == "wsl") {
    return "wsl-automount";
  }
  if (!machine.exposure_known) {
    return "unknown";
  }
  const PathKey home = path_key(deny.adapter(), deny.home());
  for (const std::string& shared : machine.shared_paths) {
    const PathKey key = path_key(deny.adapter(), shared);
    const Relation to_home = relation(key, home);
    const bool is_root = std::any_of(roots.begin(), roots.end(), [&](const std::string& root) {
      const Relation where = relation(key, path_key(deny.adapter(), root));
      return where == Relation::equal || where == Relation::below;
    });
    if (to_home == Relation::equal || to_home == Relation::above || !is_root) {
      return "whole-home";
    }
  }
  return "declared-roots";
}

}  // namespace sourceos::runtime
