// The kernel's mount table (proc(5), mountinfo).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.hpp"

namespace sourceos::host {

struct MountTableRow {
  std::string device;  // "8:1"
  std::string root;    // what of that file system is mounted
  std::string point;   // where
  std::string options;
  // What stands after the dash; empty in a line that has none.
  std::string type;
  std::string source;
  std::string super_options;
};

inline constexpr std::uint64_t k_mount_table_bytes_max = 8 * limits::k_mib;

// Lines of another form are left out.
[[nodiscard]] std::vector<MountTableRow> parse_mount_table(std::string_view table);
// Missing or unreadable: none.
[[nodiscard]] std::vector<MountTableRow> read_mount_table(const std::filesystem::path& file);

// Where else the things mounted at `point` are seen: what a bind mount was made from.
[[nodiscard]] std::vector<std::string> sources_of(const std::vector<MountTableRow>& table,
                                                  const MountTableRow& row);

}  // namespace sourceos::host
