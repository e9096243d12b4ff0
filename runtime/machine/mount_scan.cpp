#include "runtime/machine/mount_scan.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/tools/mount_table.hpp"
#include "runtime/machine/key_material.hpp"
#include "runtime/machine/real_path.hpp"

namespace sourceos::runtime {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_head_bytes = 16 * 1024;  // key files are small; a marker stands at the top
constexpr std::uint64_t k_key_file_bytes_max = limits::k_mib;
constexpr std::size_t k_depth_max = 128;
constexpr std::size_t k_directory_entries_max = 200'000;

using FileId = std::pair<std::uint64_t, std::uint64_t>;

bool is_token_file(std::string_view name) {
  return name == ".env" || name.starts_with(".env.") || name == ".npmrc" || name == ".netrc" ||
         name.ends_with(".pem");
}

class Scan {
 public:
  Scan(const DenySet& deny, fs::path root, const MountScanOptions& options)
      : deny_(deny), root_(std::move(root)), options_(options) {}

  Result<MountScan> run() {
    SOURCEOS_TRY_ASSIGN(const host::Descriptor top, host::open_directory(root_));
    SOURCEOS_TRY_ASSIGN(const host::FileFacts facts, host::describe(top));
    device_ = facts.device;
    scan_.status = ScanStatus::complete;
    look_at_table();
    walk(top, {}, 0);
    look_for_hard_links();
    return std::move(scan_);
  }

 private:
  void find(std::string_view kind, const fs::path& path, bool is_denied) {
    // What refuses is never crowded out by what warns.
    if (scan_.findings.size() < k_mount_findings_max || is_denied) {
      scan_.findings.push_back({std::string(kind), path.string(), is_denied});
    }
  }

  bool take_entry() {
    if (scan_.entries >= options_.entries_max) {
      scan_.status = ScanStatus::incomplete;
      return false;
    }
    ++scan_.entries;
    return true;
  }

  void walk(const host::Descriptor& directory, const fs::path& relative, std::size_t depth) {
    const auto names = host::list_directory(directory, k_directory_entries_max);
    if (!names || depth > k_depth_max) {
      scan_.status = ScanStatus::incomplete;
      return;
    }
    for (const host::DirectoryEntry& entry : *names) {
      if (!take_entry()) {
        return;
      }
      const fs::path path = relative / entry.name;
      switch (entry.kind) {
        case host::FileKind::directory: enter(directory, entry.name, path, depth); break;
        case host::FileKind::link: look_at_link(path); break;
        case host::FileKind::regular: look_at_file(directory, entry.name, path); break;
        case host::FileKind::device: find("device-in-mount", path, true); break;
        case host::FileKind::socket: find("socket", path, false); break;
        case host::FileKind::fifo: break;
      }
    }
  }

  void enter(const host::Descriptor& directory, const std::string& name, const fs::path& path,
             std::size_t depth) {
    const auto below = host::open_subdirectory(directory, name);
    const auto facts =
        below ? host::describe(*below) : Result<host::FileFacts>(fail(below.error()));
    if (!facts) {
      scan_.status = ScanStatus::incomplete;
      return;
    }
    // Another file system is not part of the mount: it is bound without recursion.
    if (facts->device == device_) {
      walk(*below, path, depth + 1);
    }
  }

  // Where a link ends, or would end: its target need not exist.
  std::string target_of(const fs::path& path) const {
    std::error_code code;
    const fs::path real = fs::weakly_canonical(root_ / path, code);
    if (!code && !fs::is_symlink(fs::symlink_status(real, code))) {
      return real.string();
    }
    const fs::path words = fs::read_symlink(root_ / path, code);
    return (words.is_absolute() ? words : (root_ / path).parent_path() / words)
        .lexically_normal()
        .string();
  }

  void look_at_link(const fs::path& path) {
    const std::string target = target_of(path);
    const PathKey key = path_key(deny_.adapter(), target);
    const PathKey own = path_key(deny_.adapter(), root_.string());
    const Relation where = relation(key, own);
    if (where == Relation::equal || where == Relation::below) {
      return;
    }
    const std::optional<Denial> denial = deny_.find(target);
    if (denial && !is_system_program(target, *denial)) {
      find("symlink-escape-denied", path, true);
    } else {
      find("symlink-outside", path, false);
    }
  }

  // A virtual environment's link to /usr/bin/python3 opens nothing: the search path is denied for
  // what could be written there.
  bool is_system_program(const std::string& target, const Denial& denial) const {
    if (denial.group != "run-later") {
      return false;
    }
    const std::vector<std::string>& path = deny_.places().search_path;
    const bool is_on_path = std::find(path.begin(), path.end(), denial.location) != path.end();
    const auto inside = [&](const std::string& home) {
      return relation(path_key(deny_.adapter(), target), path_key(deny_.adapter(), home)) !=
             Relation::apart;
    };
    const auto& homes = deny_.places().homes;
    return is_on_path && std::none_of(homes.begin(), homes.end(), inside);
  }

  void look_at_file(const host::Descriptor& directory, const std::string& name,
                    const fs::path& path) {
    const auto file = host::open_file_beneath(directory, name);
    if (!file) {
      if (file.error().kind == ErrorKind::permission) {
        find("unreadable", path, false);
      }
      return;
    }
    if (file->facts.links > 1) {
      linked_.emplace(FileId{file->facts.device, file->facts.inode}, path);
    }
    if ((file->facts.mode & 06000U) != 0) {
      find("set-id", path, false);
    }
    if (is_key(*file)) {
      find("secret-material-in-mount", path, options_.secret_files == SecretFiles::deny);
    } else if (is_token_file(name)) {
      find("secret-looking-file", path, false);
    }
  }

  bool is_key(const host::OpenedFile& file) {
    if (file.facts.size > k_key_file_bytes_max) {
      return false;
    }
    head_.resize(k_head_bytes);
    const auto count = host::read_some(file.descriptor, head_.data(), head_.size());
    return count && is_key_material(std::string_view(head_).substr(0, *count));
  }

  void look_at_table() {
    const std::vector<host::MountTableRow> table = host::read_mount_table(options_.mount_table);
    const PathKey own = path_key(deny_.adapter(), root_.string());
    for (const host::MountTableRow& row : table) {
      if (relation(path_key(deny_.adapter(), row.point), own) != Relation::below) {
        continue;
      }
      scan_.submounts.push_back(row.point);
      const std::vector<std::string> sources = sources_of(table, row);
      const bool is_denied =
          std::any_of(sources.begin(), sources.end(),
                      [&](const std::string& source) { return deny_.find(source).has_value(); });
      find(is_denied ? "submount-escape-denied" : "submount",
           fs::path(row.point).lexically_relative(root_), is_denied);
    }
  }

  void look_for_hard_links() {
    if (linked_.empty()) {
      return;
    }
    std::size_t budget = options_.entries_max;
    for (const std::string& place : deny_.readable_places()) {
      look_for_twins(place, budget, 0);
    }
  }

  void look_for_twins(const fs::path& place, std::size_t& budget, std::size_t depth) {
    const auto facts = host::describe(place);
    if (!facts || budget == 0 || depth > k_depth_max) {
      return;
    }
    --budget;
    if (facts->kind == host::FileKind::regular && facts->links > 1) {
      if (const auto found = linked_.find({facts->device, facts->inode}); found != linked_.end()) {
        find("hardlink-escape-denied", found->second, true);
        linked_.erase(found);
      }
    }
    if (facts->kind != host::FileKind::directory || linked_.empty()) {
      return;
    }
    const auto directory = host::open_directory(place);
    const auto names = directory
                           ? host::list_directory(*directory, k_directory_entries_max)
                           : Result<std::vector<host::DirectoryEntry>>(fail(directory.error()));
    if (names) {
      for (const host::DirectoryEntry& entry : *names) {
        look_for_twins(place / entry.name, budget, depth + 1);
      }
    }
  }

  const DenySet& deny_;
  fs::path root_;
  const MountScanOptions& options_;
  std::uint64_t device_ = 0;
  std::map<FileId, fs::path> linked_;
  std::string head_;
  MountScan scan_;
};

}  // namespace

Result<MountScan> scan_mount(const DenySet& deny, const fs::path& root,
                             const MountScanOptions& options) {
  return Scan(deny, root, options).run();
}

}  // namespace sourceos::runtime
