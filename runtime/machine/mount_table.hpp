// The kernel's mount table (proc(5), mountinfo) as far as mounts below a directory need it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sourceos::runtime {

struct MountTableRow {
  std::string device;  // "8:1"
  std::string root;    // what of that file system is mounted
  std::string point;   // where
};

[[nodiscard]] std::vector<MountTableRow> parse_mount_table(std::string_view table);
// Missing or unreadable: none.
[[nodiscard]] std::vector<MountTableRow> read_mount_table(const std::filesystem::path& file);

// Where else the things mounted at `point` are seen: what a bind mount was made from.
[[nodiscard]] std::vector<std::string> sources_of(const std::vector<MountTableRow>& table,
                                                  const MountTableRow& row);

}  // namespace sourceos::runtime
