// Doors to the file system. Reading never follows a link it was not told to; writing is beside,
// sync, rename: half a file never carries the real name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace sourceos::host {

namespace fs = std::filesystem;

// Owns a file descriptor; always O_CLOEXEC.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

enum class FileKind { regular, directory, link, fifo, socket, device };
[[nodiscard]] std::string_view to_string(FileKind kind);

struct FileFacts {
  FileKind kind = FileKind::regular;
  std::uint64_t size = 0;
  UtcTime mtime;
  UtcTime ctime;
  std::uint32_t mode = 0;  // permission bits, 07777
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t links = 1;
  auto operator<=>(const FileFacts&) const = default;
};

// lstat: a link is described, not followed.
[[nodiscard]] Result<FileFacts> describe(const fs::path& path);
[[nodiscard]] Result<FileFacts> describe(const Descriptor& descriptor);

// The one way to open collected files (security S-25): openat2 with RESOLVE_BENEATH, NO_SYMLINKS,
// NO_MAGICLINKS (component-wise O_NOFOLLOW where the kernel lacks it); O_NONBLOCK so that a FIFO
// cannot hang us; anything but a regular file is `refused`, reason "special-file" or "link".
// `root` must be an open directory; `relative` has no leading '/'. Root opens as the owner of
// `root`, here and in the functions on directories below (host/tree_owner.hpp).
[[nodiscard]] Result<Descriptor> open_beneath(const Descriptor& root, const fs::path& relative);
struct OpenedFile {
  Descriptor descriptor;
  FileFacts facts;  // from the fstat that the opening needs anyway
};
[[nodiscard]] Result<OpenedFile> open_file_beneath(const Descriptor& root,
                                                   const fs::path& relative);
// A directory named by the user; links on the way are followed.
[[nodiscard]] Result<Descriptor> open_directory(const fs::path& path);
// A file named by the user: its last component may be no link, the way there may have some.
[[nodiscard]] Result<Descriptor> open_regular(const fs::path& path);

// Reads up to buffer.size() bytes at the descriptor's position; 0 at the end.
[[nodiscard]] Result<std::size_t> read_some(const Descriptor& descriptor, char* buffer,
                                            std::size_t size);
// Reads exactly `size` bytes at `offset`; a shorter file is `malformed`.
[[nodiscard]] Status read_exactly_at(const Descriptor& descriptor, std::uint64_t offset,
                                     char* buffer, std::size_t size);
// A whole small file; `limit` when it is larger than bytes_max.
[[nodiscard]] Result<std::string> read_file(const fs::path& path, std::uint64_t bytes_max);
[[nodiscard]] Result<std::string> read_all(const Descriptor& descriptor, std::uint64_t bytes_max);

[[nodiscard]] Status write_all(const Descriptor& descriptor, std::string_view bytes);

enum class Durability { none, synced };  // synced: file and directory are fsynced
// Writes beside, (syncs,) renames. `fault_prefix` names the fault points "<prefix>.write|fsync|rename"
// (see host/fault.hpp); empty: none.
[[nodiscard]] Status write_file_atomically(const fs::path& path, std::string_view bytes,
                                           std::uint32_t mode, Durability durability,
                                           std::string_view fault_prefix = {});
[[nodiscard]] Status sync_file(const Descriptor& descriptor);
[[nodiscard]] Status sync_directory(const fs::path& directory);
// Makes the directory and missing parents, each with this mode.
[[nodiscard]] Status make_directories(const fs::path& path, std::uint32_t mode);
[[nodiscard]] Status remove_tree(const fs::path& path);

struct DirectoryEntry {
  std::string name;
  FileKind kind = FileKind::regular;
};
// Names in byte order, "." and ".." left out. `limit` past entries_max.
[[nodiscard]] Result<std::vector<DirectoryEntry>> list_directory(const Descriptor& directory,
                                                                 std::size_t entries_max);
// Opens a sub-directory of an open one without following a link.
[[nodiscard]] Result<Descriptor> open_subdirectory(const Descriptor& directory,
                                                   const std::string& name);

// True for proc, sysfs, cgroup, debugfs, FUSE and network file systems (security S-24): skipped
// unless named by the user.
[[nodiscard]] bool is_unsafe_file_system(const Descriptor& descriptor);

// An advisory lock on a file that stays; freed by the kernel when the holder dies.
class FileLock {
 public:
  [[nodiscard]] static Result<FileLock> acquire(const fs::path& path);  // waits
  [[nodiscard]] static Result<std::optional<FileLock>> try_acquire(const fs::path& path);

 private:
  explicit FileLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
  Descriptor descriptor_;
};

}  // namespace sourceos::host
