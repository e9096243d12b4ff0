// The mount policy that a profile names by reference (`mountPolicyRef`): an AgentMachineMountPolicy
// document, looked for where contracts are. It narrows what the profile declares and never widens
// it: the deny set and the class rules hold whatever it says.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/doors/contract.hpp"
#include "runtime/machine/mount_policy.hpp"
#include "runtime/machine/profile.hpp"

namespace sourceos::runtime {

struct DeniedPattern {
  std::string pattern;  // "~/x", "/srv/*", "**/private", "private": see match_pattern
  std::string reason;
  bool is_denied = true;  // else a warning
};

struct MountPolicyDocument {
  std::string id;
  std::vector<AllowedRoot> roots;
  std::vector<DeniedPattern> patterns;
  bool permits_unlisted = false;  // `permit`; `ask` has nobody to ask and denies
  bool shows_downloads = true;    // downloadPolicy.agentAccess other than none
};

// What holds for a profile: the document, or nothing when the toolkit's own policy is named or
// nobody has what is named. Without it only what looks may go on: a policy narrows, and what it
// would have denied is not known.
struct NamedMountPolicy {
  std::optional<MountPolicyDocument> policy;
  std::shared_ptr<const json::Value> document;  // never null; JSON null without one: goes into the hash
  std::vector<std::string> warnings;            // "mount-policy-unresolved"
  std::optional<Error> unresolved;              // "ref-unresolved": for what acts

  NamedMountPolicy();
  [[nodiscard]] const MountPolicyDocument* in_force() const { return policy ? &*policy : nullptr; }
};

// The policy that ships with the toolkit: default deny, scoped roots.
inline constexpr std::string_view k_own_mount_policy =
    "urn:srcos:agent-machine-mount-policy:default-deny-scoped-roots";

// `malformed`, "contract-invalid" for a document that is none; "id-duplicate" when two differ.
[[nodiscard]] Result<NamedMountPolicy> find_mount_policy(
    const host::Environment& environment, const std::vector<std::filesystem::path>& directories,
    const Profile& profile);
[[nodiscard]] Result<MountPolicyDocument> read_mount_policy(const json::Value& document);

// Whether a pattern covers a path or a folder above it. A pattern that begins with ~ or / is matched
// from there, any other one anywhere in the path; `*` and `?` stay within a component, `**` is any
// number of them. Without wildcards it also covers what holds the place.
[[nodiscard]] bool match_pattern(Adapter adapter, const std::string& home, std::string_view pattern,
                                 std::string_view path);

}  // namespace sourceos::runtime
