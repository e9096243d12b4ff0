// Opening without being led astray (security S-25). One openat2 does it where the kernel has it
// (Linux 5.6); else the way is walked with O_NOFOLLOW, which refuses what openat2 refuses.
// O_NONBLOCK keeps a FIFO from hanging us; O_NOATIME keeps the evidence as it was, and is dropped
// where only the owner may ask for it.

#include "host/open_beneath.hpp"

#include "host/files.hpp"
#include "host/tree_owner.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include <fmt/format.h>

namespace sourceos::host {

namespace {

constexpr int k_file_flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW;

std::atomic<bool> has_openat2 = true;

int try_openat2(int root, const char* relative, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, root, relative, &how, sizeof how));
}

int open_once(int root, const fs::path& relative, int flags) {
  if (has_openat2.load(std::memory_order_relaxed)) {
    const int fd = try_openat2(root, relative.c_str(), flags);
    if (fd >= 0 || errno != ENOSYS) {
      return fd;
    }
    has_openat2.store(false, std::memory_order_relaxed);
  }
  return walk_beneath(root, relative, flags);
}

int open_without_touching(int root, const fs::path& relative) {
  const TreeOwner owner(root);
  if (!owner.ready()) {
    errno = EACCES;
    return -1;
  }
  int fd = open_once(root, relative, k_file_flags | O_NOATIME);
  if (fd < 0 && errno == EPERM) {
    fd = open_once(root, relative, k_file_flags);
  }
  if (fd < 0 && errno == EPERM) {
    // The seccomp filter of an old container runtime says EPERM where it means ENOSYS.
    fd = walk_beneath(root, relative, k_file_flags);
  }
  return fd;
}

// O_DIRECTORY makes a link look like any other file that is no directory.
int explain_failed_step(int directory, const char* name, int errno_value) {
  struct stat found{};
  if (errno_value == ENOTDIR && ::fstatat(directory, name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISLNK(found.st_mode)) {
    return ELOOP;
  }
  return errno_value;
}

Error open_error(int errno_value, const fs::path& path) {
  const std::string& name = path.native();
  switch (errno_value) {
    case ELOOP:
      return {ErrorKind::refused, "link",
              fmt::format("expected a file at '{}', there is a symbolic link on the way", name)};
    case EXDEV:
      return {ErrorKind::refused, "path-outside",
              fmt::format("expected a path inside its directory, there is '{}'", name)};
    case ENXIO:  // a socket, or a device that is not there
      return {ErrorKind::refused, "special-file",
              fmt::format("expected a regular file at '{}', there is a special one", name)};
    default: return system_error(errno_value, fmt::format("open '{}'", name));
  }
}

Result<OpenedFile> only_regular(int fd, const fs::path& path) {
  if (fd < 0) {
    return fail(open_error(errno, path));
  }
  Descriptor descriptor(fd);
  SOURCEOS_TRY_ASSIGN(const FileFacts facts, describe(descriptor));
  if (facts.kind != FileKind::regular) {
    return fail(ErrorKind::refused, "special-file",
                fmt::format("expected a regular file at '{}', there is a {}", path.native(),
                            to_string(facts.kind)));
  }
  return OpenedFile{std::move(descriptor), facts};
}

}  // namespace

int walk_beneath(int root, const fs::path& relative, int flags) {
  Descriptor opened;
  int here = root;
  for (const fs::path& part : relative.parent_path()) {
    if (part == ".." || part == "/") {
      errno = EXDEV;
      return -1;
    }
    // O_PATH: the way there need not be readable.
    const int next = ::openat(here, part.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (next < 0) {
      errno = explain_failed_step(here, part.c_str(), errno);
      return -1;
    }
    opened = Descriptor(next);
    here = next;
  }
  if (relative.filename() == ".." || relative.is_absolute()) {
    errno = EXDEV;
    return -1;
  }
  return ::openat(here, relative.filename().c_str(), flags | O_NOFOLLOW);
}

Result<OpenedFile> open_file_beneath(const Descriptor& root, const fs::path& relative) {
  return only_regular(open_without_touching(root.get(), relative), relative);
}

Result<Descriptor> open_beneath(const Descriptor& root, const fs::path& relative) {
  SOURCEOS_TRY_ASSIGN(OpenedFile file, open_file_beneath(root, relative));
  return std::move(file.descriptor);
}

Result<Descriptor> open_directory(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    return fail(system_error(errno, fmt::format("open directory '{}'", path.native())));
  }
  return Descriptor(fd);
}

Result<Descriptor> open_regular(const fs::path& path) {
  int fd = ::open(path.c_str(), k_file_flags | O_NOATIME);
  if (fd < 0 && errno == EPERM) {
    fd = ::open(path.c_str(), k_file_flags);
  }
  SOURCEOS_TRY_ASSIGN(OpenedFile file, only_regular(fd, path));
  return std::move(file.descriptor);
}

}  // namespace sourceos::host
