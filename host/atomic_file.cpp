// Writing beside, syncing, renaming. A process that dies on the way leaves a name that begins with
// '.' and ends in ".tmp", and under the real name what was there before.

#include "host/files.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "host/fault.hpp"

namespace sourceos::host {

namespace {

Result<std::string> temporary_name(const fs::path& path) {
  std::array<char, 8> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return fail(system_error(errno, "get random bytes"));
  }
  return fmt::format(".{}.{}.tmp", path.filename().native(),
                     hex_encode({bytes.data(), bytes.size()}));
}

Status reach_fault(std::string_view prefix, std::string_view step) {
  return prefix.empty() ? Status{} : fault_point(fmt::format("{}.{}", prefix, step));
}

// The fault lies in the middle of the bytes, so that a crash there leaves half a file.
Status write_content(const Descriptor& file, std::string_view bytes, std::uint32_t mode,
                     std::string_view fault_prefix) {
  const std::string_view first = bytes.substr(0, bytes.size() / 2);
  SOURCEOS_TRY(write_all(file, first));
  SOURCEOS_TRY(reach_fault(fault_prefix, "write"));
  SOURCEOS_TRY(reach_fault(fault_prefix, "partial"));
  SOURCEOS_TRY(write_all(file, bytes.substr(first.size())));
  if (::fchmod(file.get(), mode) != 0) {
    return fail(system_error(errno, "set mode"));
  }
  return {};
}

Status write_beside(const Descriptor& directory, const std::string& temporary,
                    std::string_view bytes, std::uint32_t mode, Durability durability,
                    std::string_view fault_prefix) {
  const Descriptor file(::openat(directory.get(), temporary.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) {
    return fail(system_error(errno, "make a temporary file"));
  }
  SOURCEOS_TRY(write_content(file, bytes, mode, fault_prefix));
  SOURCEOS_TRY(reach_fault(fault_prefix, "fsync"));
  if (durability == Durability::synced) {
    SOURCEOS_TRY(sync_file(file));
  }
  return reach_fault(fault_prefix, "rename");
}

Status put_in_place(const Descriptor& directory, const std::string& temporary,
                    const std::string& name, Durability durability) {
  if (::renameat(directory.get(), temporary.c_str(), directory.get(), name.c_str()) != 0) {
    return fail(system_error(errno, "rename"));
  }
  return durability == Durability::synced ? sync_file(directory) : Status{};
}

}  // namespace

// A failed fsync is never tried again: the kernel may have dropped the pages and say yes the
// second time (security S-21).
Status sync_file(const Descriptor& descriptor) {
  if (::fsync(descriptor.get()) != 0) {
    return fail(system_error(errno, "make durable"));
  }
  return {};
}

Status write_file_atomically(const fs::path& path, std::string_view bytes, std::uint32_t mode,
                             Durability durability, std::string_view fault_prefix) {
  const std::string doing = fmt::format("write '{}'", path.native());
  const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  SOURCEOS_TRY_ASSIGN_CONTEXT(const Descriptor directory, open_directory(parent), doing);
  SOURCEOS_TRY_ASSIGN_CONTEXT(const std::string temporary, temporary_name(path), doing);
  Status done = write_beside(directory, temporary, bytes, mode, durability, fault_prefix);
  if (done) {
    done = put_in_place(directory, temporary, path.filename(), durability);
  }
  if (!done) {
    ::unlinkat(directory.get(), temporary.c_str(), 0);
    return fail(std::move(done).error().with_context(doing));
  }
  return {};
}

}  // namespace sourceos::host
