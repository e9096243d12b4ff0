// A mount as a profile or the command line asks for it, and what the mount policy says to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"

namespace sourceos::runtime {

enum class PathClass { code, documents, downloads, cache, artifacts, media, app_bridge };
enum class AccessMode {
  read_only,
  read_write,
  browser_read_write_agent_read_only,
  write_only_artifacts,
};
[[nodiscard]] std::string_view to_string(PathClass path_class);
[[nodiscard]] std::string_view to_string(AccessMode access);
[[nodiscard]] std::optional<PathClass> path_class_of(std::string_view name);
[[nodiscard]] std::optional<AccessMode> access_mode_of(std::string_view name);
// An agent may write through it.
[[nodiscard]] bool is_writable(AccessMode access);

enum class PathOrigin { typed, document };  // typed: may be relative and hold ".."
enum class SecretFiles { deny, warn };

struct MountRequest {
  std::string mount_id;
  PathClass path_class = PathClass::code;
  std::string host_path;  // as typed, or a template of a document
  std::string agent_path;
  AccessMode access = AccessMode::read_only;
  PathOrigin origin = PathOrigin::document;
  SecretFiles secret_files = SecretFiles::deny;
  bool create_if_missing = false;
  bool direct_execution = false;
  bool git_metadata_writable = false;
};

// A place and what was found there. `path` is relative to the mount.
struct MountFinding {
  std::string kind;  // "symlink-escape-denied", "env-file", "symlink-outside"
  std::string path;
  bool is_denied = false;
};

enum class ScanStatus { not_scanned, complete, incomplete };
[[nodiscard]] std::string_view to_string(ScanStatus status);

struct MountScan {
  ScanStatus status = ScanStatus::not_scanned;
  std::uint64_t entries = 0;
  std::vector<MountFinding> findings;  // at most k_mount_findings_max
  std::vector<std::string> submounts;  // absolute
};

// Which directory was looked at; compared again before it is used.
struct Pin {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  auto operator<=>(const Pin&) const = default;
};

// A part of a mount that is bound once more by itself. `path` is relative to the mount.
struct ShieldedPart {
  std::string path;
  bool is_read_only = true;  // else it only cannot be moved away
  std::optional<Pin> pin;
};

// What the policy says to one request.
struct MountDecision {
  MountRequest request;
  bool is_allowed = false;
  std::string reason;  // stable; empty when allowed
  std::string group;   // of the deny set
  std::string message;
  std::string next;       // what to do about it
  std::string requested;  // absolute, links unresolved
  std::string resolved;   // the real path: what Podman gets
  bool exists = false;
  AccessMode access = AccessMode::read_only;  // read-only when the policy narrows it
  std::optional<Pin> pin;
  MountScan scan;
  std::vector<std::string> warnings;  // stable words
  std::vector<ShieldedPart> shield;   // .git, .git/hooks, .git/config (S-17)
};

// `path` with the home directory as $HOME: what may be shown.
[[nodiscard]] std::string shown_host_path(std::string_view path,
                                          const std::vector<std::string>& homes);

// Row of agent-machine 6.8.
struct MountRowFacts {
  std::string host_path_ref;
  std::string storage_backend;
  std::optional<std::string> git_ref;
  std::optional<std::string> content_hash;
  std::vector<std::string> podman_options;
};
[[nodiscard]] json::Value mount_row(const MountDecision& decision, const MountRowFacts& facts);
// "podman-machine-bind", "wsl-bind", "native-bind".
[[nodiscard]] std::string_view storage_backend(std::string_view adapter, bool uses_machine);

}  // namespace sourceos::runtime
