#include "runtime/machine/real_path.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

namespace sourceos::runtime {

namespace fs = std::filesystem;

namespace {

std::unexpected<Error> cannot_resolve(const fs::path& path, const std::error_code& code) {
  const int number = code.value();
  if (number == ENOENT || number == ENOTDIR) {
    return fail(ErrorKind::not_found, "path-missing",
                fmt::format("'{}' does not exist", path.string()));
  }
  if (number == ELOOP) {
    return fail(ErrorKind::refused, "path-syntax",
                fmt::format("the links of '{}' go in a circle", path.string()));
  }
  return fail(system_error(number, fmt::format("look at '{}'", path.string())));
}

std::unexpected<Error> cannot_open(const host::Descriptor& above, const fs::path& part,
                                   int error_number, const fs::path& resolved) {
  struct stat found {};
  const bool is_link = ::fstatat(above.get(), part.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 &&
                       S_ISLNK(found.st_mode);
  if (is_link) {
    return fail(ErrorKind::refused, "mount-changed",
                fmt::format("'{}' was a directory and is a link now", resolved.string()));
  }
  if (error_number == ENOTDIR) {
    return fail(ErrorKind::malformed, "not-a-directory",
                fmt::format("expected a directory, '{}' is none", resolved.string()));
  }
  return cannot_resolve(resolved, {error_number, std::generic_category()});
}

}  // namespace

Result<RealPath> resolve_path(const fs::path& absolute) {
  std::error_code code;
  const fs::path real = fs::canonical(absolute, code);
  if (code) {
    return cannot_resolve(absolute, code);
  }
  return RealPath{real.string(), true};
}

Result<RealPath> resolve_existing_part(const fs::path& absolute) {
  fs::path above = absolute.lexically_normal();
  fs::path missing;
  while (true) {
    auto real = resolve_path(above);
    if (real) {
      return RealPath{missing.empty() ? real->path : (fs::path(real->path) / missing).string(),
                      missing.empty()};
    }
    // A link that leads nowhere is there, and would be made where it points.
    std::error_code ignored;
    if (real.error().kind != ErrorKind::not_found ||
        fs::is_symlink(fs::symlink_status(above, ignored)) || !above.has_relative_path()) {
      return fail(std::move(real).error());
    }
    missing = missing.empty() ? above.filename() : above.filename() / missing;
    above = above.parent_path();
  }
}

namespace {

Result<host::Descriptor> walk(host::Descriptor at, const fs::path& path) {
  for (const fs::path& part : path.relative_path()) {
    if (part.empty() || part == ".") {
      continue;
    }
    host::Descriptor next(
        ::openat(at.get(), part.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (!next) {
      return cannot_open(at, part, errno, path);
    }
    at = std::move(next);
  }
  return at;
}

// The last part may be of any kind, a link, too: that is then what is pinned.
Result<host::Descriptor> walk_to_entry(host::Descriptor at, const fs::path& path) {
  SOURCEOS_TRY_ASSIGN(const host::Descriptor parent, walk(std::move(at), path.parent_path()));
  host::Descriptor entry(
      ::openat(parent.get(), path.filename().c_str(), O_PATH | O_CLOEXEC | O_NOFOLLOW));
  return entry ? std::move(entry)
               : Result<host::Descriptor>(
                     fail(system_error(errno, fmt::format("open '{}'", path.string()))));
}

Result<Pin> pin_of(const host::Descriptor& entry) {
  SOURCEOS_TRY_ASSIGN(const host::FileFacts facts, host::describe(entry));
  return Pin{facts.device, facts.inode};
}

}  // namespace

Result<host::Descriptor> open_without_links(const fs::path& resolved) {
  host::Descriptor root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  return root ? walk(std::move(root), resolved)
              : Result<host::Descriptor>(fail(system_error(errno, "open '/'")));
}

Result<Pin> pin_directory(const fs::path& resolved) {
  SOURCEOS_TRY_ASSIGN(const host::Descriptor directory, open_without_links(resolved));
  return pin_of(directory);
}

Result<Pin> pin_entry(const fs::path& resolved) {
  host::Descriptor root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) {
    return fail(system_error(errno, "open '/'"));
  }
  SOURCEOS_TRY_ASSIGN(const host::Descriptor entry, walk_to_entry(std::move(root), resolved));
  return pin_of(entry);
}

Result<Pin> pin_below(const fs::path& root, const fs::path& path) {
  host::Descriptor top(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!top) {
    return fail(system_error(errno, fmt::format("open '{}'", root.string())));
  }
  SOURCEOS_TRY_ASSIGN(const host::Descriptor entry, walk_to_entry(std::move(top), path));
  return pin_of(entry);
}

Status check_pin(const fs::path& resolved, const Pin& pin) {
  const Result<Pin> now = pin_directory(resolved);
  if (!now || *now != pin) {
    return fail(
        ErrorKind::refused, "mount-changed",
        fmt::format("'{}' is another directory than the one that was checked", resolved.string()));
  }
  return {};
}

}  // namespace sourceos::runtime
