#include "host/files.hpp"

#include "host/tree_owner.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include <fmt/format.h>

namespace sourceos::host {

namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

FileKind kind_of_entry(int directory, const dirent& entry) {
  switch (entry.d_type) {
    case DT_REG: return FileKind::regular;
    case DT_DIR: return FileKind::directory;
    case DT_LNK: return FileKind::link;
    case DT_FIFO: return FileKind::fifo;
    case DT_SOCK: return FileKind::socket;
    case DT_CHR:
    case DT_BLK: return FileKind::device;
    default: break;
  }
  // The file system keeps no types in its directories. A name that is gone by now counts as a
  // regular file: opening it will say what happened.
  struct stat found{};
  if (::fstatat(directory, entry.d_name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
    return FileKind::regular;
  }
  return S_ISDIR(found.st_mode)    ? FileKind::directory
         : S_ISLNK(found.st_mode)  ? FileKind::link
         : S_ISREG(found.st_mode)  ? FileKind::regular
         : S_ISFIFO(found.st_mode) ? FileKind::fifo
         : S_ISSOCK(found.st_mode) ? FileKind::socket
                                   : FileKind::device;
}

int open_as_owner(int directory, const char* name) {
  const TreeOwner owner(directory);
  if (!owner.ready()) {
    errno = EACCES;
    return -1;
  }
  return ::openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

bool is_dot(std::string_view name) { return name == "." || name == ".."; }

// f_type values that <linux/magic.h> has under several names or not at all.
constexpr std::array<std::uint32_t, 30> k_unsafe_types = {
    0x00009fa0,  // proc
    0x62656572,  // sysfs
    0x0027e0eb,  // cgroup
    0x63677270,  // cgroup2
    0x64626720,  // debugfs
    0x74726163,  // tracefs
    0x73636673,  // securityfs
    0xf97cff8c,  // selinuxfs
    0x62656570,  // configfs
    0xcafe4a11,  // bpf
    0x6165676c,  // pstore
    0xde5e81e4,  // efivarfs
    0x42494e4d,  // binfmt_misc
    0x19800202,  // mqueue
    0x00001cd1,  // devpts
    0x00000187,  // autofs: a look mounts something
    0x65735543,  // fusectl
    0x65735546,  // FUSE
    0x00006969,  // NFS
    0x0000517b,  // SMB
    0xfe534d42,  // SMB2
    0xff534d42,  // CIFS
    0x0000564c,  // NCP
    0x01021997,  // 9P
    0x00c36400,  // Ceph
    0x5346414f,  // OpenAFS
    0x6b414653,  // kAFS
    0x73757245,  // Coda
    0x0bd00bd0,  // Lustre
    0x47504653,  // GPFS
};

}  // namespace

Result<std::vector<DirectoryEntry>> list_directory(const Descriptor& directory,
                                                   std::size_t entries_max) {
  // A description of its own, so that the caller's position stays and a second list works.
  const int fd = open_as_owner(directory.get(), ".");
  const Directory stream(fd < 0 ? nullptr : ::fdopendir(fd));
  if (stream == nullptr) {
    return fail(system_error(errno, "list directory"));
  }
  std::vector<DirectoryEntry> entries;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) {
      break;
    }
    if (is_dot(entry->d_name)) {
      continue;
    }
    if (entries.size() == entries_max) {
      return fail(ErrorKind::limit, "too-many-entries",
                  fmt::format("expected at most {} names in a directory, there are more",
                              entries_max));
    }
    entries.push_back({entry->d_name, kind_of_entry(directory.get(), *entry)});
  }
  if (errno != 0) {
    return fail(system_error(errno, "list directory"));
  }
  std::ranges::sort(entries, {}, &DirectoryEntry::name);
  return entries;
}

Result<Descriptor> open_subdirectory(const Descriptor& directory, const std::string& name) {
  const int fd = open_as_owner(directory.get(), name.c_str());
  if (fd < 0) {
    return fail(system_error(errno, fmt::format("open directory '{}'", name)));
  }
  return Descriptor(fd);
}

bool is_unsafe_file_system(const Descriptor& descriptor) {
  struct statfs found{};
  if (::fstatfs(descriptor.get(), &found) != 0) {
    return true;
  }
  return std::ranges::find(k_unsafe_types, static_cast<std::uint32_t>(found.f_type)) !=
         k_unsafe_types.end();
}

Status sync_directory(const fs::path& directory) {
  SOURCEOS_TRY_ASSIGN(const Descriptor descriptor, open_directory(directory));
  return sync_file(descriptor);
}

Status make_directories(const fs::path& path, std::uint32_t mode) {
  if (::mkdir(path.c_str(), mode) == 0 || errno == EISDIR) {
    return {};
  }
  if (errno == ENOENT && path.has_relative_path() && path.has_parent_path()) {
    SOURCEOS_TRY(make_directories(path.parent_path(), mode));
    if (::mkdir(path.c_str(), mode) == 0) {
      return {};
    }
  }
  struct stat found{};
  if (errno == EEXIST && ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) {
    return {};
  }
  return fail(system_error(errno, fmt::format("make directory '{}'", path.native())));
}

Status remove_tree(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) {
    return fail(system_error(error.value(), fmt::format("remove '{}'", path.native())));
  }
  return {};
}

}  // namespace sourceos::host
