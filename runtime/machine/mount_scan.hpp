// Looks through a directory before it is mounted (agent-machine 6.5): links and hard links that
// reach denied places, file systems mounted below it, key material, devices. Follows no link.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "runtime/machine/deny_set.hpp"
#include "runtime/machine/mount.hpp"

namespace sourceos::runtime {

inline constexpr std::size_t k_mount_scan_entries_max = 200'000;  // agent-machine 6.5
inline constexpr std::size_t k_mount_findings_max = 200;          // more say no more

struct MountScanOptions {
  std::size_t entries_max = k_mount_scan_entries_max;
  SecretFiles secret_files = SecretFiles::deny;
  std::filesystem::path mount_table = "/proc/self/mountinfo";
};

// Past `entries_max` the scan is `incomplete`, which is a warning; what was found until then
// counts.
[[nodiscard]] Result<MountScan> scan_mount(const DenySet& deny, const std::filesystem::path& root,
                                           const MountScanOptions& options);

}  // namespace sourceos::runtime
