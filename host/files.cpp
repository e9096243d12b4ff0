#include "host/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

namespace sourceos::host {

namespace {

FileKind kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return FileKind::regular;
    case S_IFDIR: return FileKind::directory;
    case S_IFLNK: return FileKind::link;
    case S_IFIFO: return FileKind::fifo;
    case S_IFSOCK: return FileKind::socket;
    default: return FileKind::device;
  }
}

UtcTime time_of(const timespec& time) {
  return {time.tv_sec * 1'000'000'000 + time.tv_nsec};
}

FileFacts facts_of(const struct stat& found) {
  FileFacts facts;
  facts.kind = kind_of(found.st_mode);
  facts.size = static_cast<std::uint64_t>(found.st_size);
  facts.mtime = time_of(found.st_mtim);
  facts.ctime = time_of(found.st_ctim);
  facts.mode = found.st_mode & 07777;
  facts.uid = found.st_uid;
  facts.gid = found.st_gid;
  facts.device = found.st_dev;
  facts.inode = found.st_ino;
  facts.links = found.st_nlink;
  return facts;
}

std::unexpected<Error> too_large(std::uint64_t bytes_max) {
  return fail(ErrorKind::limit, "file-too-large",
              fmt::format("expected a file of at most {} bytes, there is a longer one", bytes_max));
}

}  // namespace

std::string_view to_string(FileKind kind) {
  switch (kind) {
    case FileKind::regular: return "regular";
    case FileKind::directory: return "directory";
    case FileKind::link: return "link";
    case FileKind::fifo: return "fifo";
    case FileKind::socket: return "socket";
    case FileKind::device: return "device";
  }
  return "device";
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Result<FileFacts> describe(const fs::path& path) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) {
    return fail(system_error(errno, fmt::format("look at '{}'", path.native())));
  }
  return facts_of(found);
}

Result<FileFacts> describe(const Descriptor& descriptor) {
  struct stat found{};
  if (::fstat(descriptor.get(), &found) != 0) {
    return fail(system_error(errno, "look at an open file"));
  }
  return facts_of(found);
}

Result<std::size_t> read_some(const Descriptor& descriptor, char* buffer, std::size_t size) {
  for (;;) {
    const ssize_t count = ::read(descriptor.get(), buffer, size);
    if (count >= 0) {
      return static_cast<std::size_t>(count);
    }
    if (errno != EINTR) {
      return fail(system_error(errno, "read"));
    }
  }
}

Status read_exactly_at(const Descriptor& descriptor, std::uint64_t offset, char* buffer,
                       std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::pread(descriptor.get(), buffer + done, size - done,
                                  static_cast<off_t>(offset + done));
    if (count == 0) {
      return fail(ErrorKind::malformed, "file-truncated",
                  fmt::format("expected {} bytes at offset {}, there are {}", size, offset, done));
    }
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      return fail(system_error(errno, "read"));
    }
  }
  return {};
}

Result<std::string> read_file(const fs::path& path, std::uint64_t bytes_max) {
  SOURCEOS_TRY_ASSIGN(const Descriptor descriptor, open_regular(path));
  SOURCEOS_TRY_ASSIGN_CONTEXT(std::string bytes, read_all(descriptor, bytes_max),
                              fmt::format("read '{}'", path.native()));
  return bytes;
}

Result<std::string> read_all(const Descriptor& descriptor, std::uint64_t bytes_max) {
  SOURCEOS_TRY_ASSIGN(const FileFacts facts, describe(descriptor));
  if (facts.size > bytes_max) {
    return too_large(bytes_max);
  }
  // The size is a hint: files of /proc say 0, and a log may grow under us. One byte of room
  // beyond it makes the read that finds the end the second one.
  std::string bytes;
  std::size_t length = 0;
  std::size_t room = std::max<std::size_t>(facts.size + 1, 4096);
  for (;;) {
    bytes.resize(length + room);
    SOURCEOS_TRY_ASSIGN(const std::size_t count, read_some(descriptor, bytes.data() + length, room));
    length += count;
    if (length > bytes_max) {
      return too_large(bytes_max);
    }
    if (count == 0) {
      bytes.resize(length);
      return bytes;
    }
    room = bytes.size() > length ? bytes.size() - length : bytes.size();
  }
}

Status write_all(const Descriptor& descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor.get(), bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return fail(system_error(errno, "write"));
    }
  }
  return {};
}

}  // namespace sourceos::host
