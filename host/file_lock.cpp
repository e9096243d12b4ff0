// flock on a file that stays (security S-34): the kernel frees a dead holder's lock, so there is
// no takeover by process id. Whoever cleans up may have unlinked the file while we waited for it:
// the lock counts only when the path still leads to the file that we hold.

#include "host/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include <fmt/format.h>

namespace sourceos::host {

namespace {

Error lock_error(int errno_value, const fs::path& path) {
  if (errno_value == ENOLCK || errno_value == EOPNOTSUPP) {
    return {ErrorKind::refused, "store-file-system",
            fmt::format("expected a file system with locks at '{}', there is none",
                        path.native())};
  }
  return system_error(errno_value, fmt::format("lock '{}'", path.native()));
}

// Nothing when another holds it and `operation` does not wait.
Result<std::optional<Descriptor>> lock_once(const fs::path& path, int operation) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) {
    return fail(lock_error(errno, path));
  }
  if (::flock(file.get(), operation) != 0) {
    if (errno == EWOULDBLOCK) {
      return std::optional<Descriptor>();
    }
    return fail(lock_error(errno, path));
  }
  return std::optional<Descriptor>(std::move(file));
}

bool is_still_at(const Descriptor& file, const fs::path& path) {
  const Result<FileFacts> held = describe(file);
  const Result<FileFacts> named = describe(path);
  return held && named && held->device == named->device && held->inode == named->inode;
}

Result<std::optional<Descriptor>> lock(const fs::path& path, int operation) {
  for (;;) {
    SOURCEOS_TRY_ASSIGN(std::optional<Descriptor> file, lock_once(path, operation));
    if (!file || is_still_at(*file, path)) {
      return file;
    }
  }
}

}  // namespace

Result<FileLock> FileLock::acquire(const fs::path& path) {
  SOURCEOS_TRY_ASSIGN(std::optional<Descriptor> file, lock(path, LOCK_EX));
  return FileLock(std::move(*file));
}

Result<std::optional<FileLock>> FileLock::try_acquire(const fs::path& path) {
  SOURCEOS_TRY_ASSIGN(std::optional<Descriptor> file, lock(path, LOCK_EX | LOCK_NB));
  if (!file) {
    return std::optional<FileLock>();
  }
  return std::optional<FileLock>(FileLock(std::move(*file)));
}

}  // namespace sourceos::host
