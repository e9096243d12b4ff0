// The mount policy of agent-machine section 6: one request in, one decision out, in the order of
// 6.2. The default is to deny; every refusal has a stable reason.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/machine/deny_set.hpp"
#include "runtime/machine/mount.hpp"
#include "runtime/machine/mount_scan.hpp"

namespace sourceos::runtime {

// Of a profile's repoAllowlist and mounts, or of a mount policy document.
struct AllowedRoot {
  std::string path;  // template form
  PathClass path_class = PathClass::code;
  AccessMode access = AccessMode::read_write;
  bool recursive = true;
  bool needs_grant = false;  // then one of `granted` must cover the path
};

struct MountPolicyDocument;  // mount_policy_document.hpp

struct PolicyContext {
  const DenySet& deny;
  std::filesystem::path directory;   // relative typed paths start here
  std::filesystem::path cache_root;  // the toolkit's, for class cache
  // Nothing: what is asked for is what is allowed (init: the operator declares it).
  std::optional<std::vector<AllowedRoot>> roots = {};
  const MountPolicyDocument* policy = nullptr;  // what the profile names; null: nothing narrows
  std::vector<std::string> granted = {};  // paths that a grant or a repoAllowlist entry covers
  MountScanOptions scan = {};
  bool scans_content = true;
  bool app_bridge_granted = false;
};

[[nodiscard]] MountDecision decide_mount(const PolicyContext& context, const MountRequest& request);

// Where the toolkit keeps caches that workspaces may see: `~/.cache/sourceos` and its kin.
[[nodiscard]] std::filesystem::path cache_root(const host::Environment& environment);

// agent-machine 6.7. `policy_document` is null when there is none. Independent of the account.
[[nodiscard]] Result<std::string> policy_hash(const std::vector<MountRequest>& mounts,
                                              const json::Value& policy_document);

}  // namespace sourceos::runtime
