#include "host/ownership.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "core/text.hpp"

namespace sourceos::host {

namespace {

constexpr int k_directory_flags = O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
// On the way a directory need not be readable: /home is 0711 on some machines.
constexpr int k_way_flags = k_directory_flags | O_PATH;
constexpr int k_last_flags = k_directory_flags | O_RDONLY;
constexpr std::uint32_t k_root_uid = 0;
constexpr std::uint32_t k_group_or_others_write = 022;
constexpr std::uint32_t k_sticky = 01000;

std::unexpected<Error> foreign(const fs::path& path, std::string_view expected,
                               std::string_view found, std::string_view command = "ls -ld") {
  return fail(Error(ErrorKind::refused, "foreign-store",
                    fmt::format("expected '{}' to {}, {}", path.native(), expected, found))
                  .with_next(fmt::format("{} {}", command, text::shell_word(path.native()))));
}

enum class Place { on_the_way, last };

Status check_owner(const fs::path& path, const FileFacts& facts, std::uint32_t uid, Place place) {
  const bool owned = facts.uid == uid || (place == Place::on_the_way && facts.uid == k_root_uid);
  if (!owned) {
    return foreign(path, fmt::format("belong to user {}", uid),
                   fmt::format("it belongs to user {}", facts.uid));
  }
  if ((facts.mode & k_group_or_others_write) != 0 && (facts.mode & k_sticky) == 0) {
    return foreign(path, "be writable by its owner only",
                   fmt::format("its mode is {:04o}", facts.mode),
                   facts.uid == uid ? "chmod go-w" : "ls -ld");
  }
  return {};
}

Result<fs::path> absolute_path(const fs::path& path) {
  std::error_code error;
  fs::path absolute = fs::absolute(path, error);
  if (error) {
    return fail(system_error(error.value(), "find the current directory"));
  }
  absolute = absolute.lexically_normal();
  return absolute.has_filename() ? absolute : absolute.parent_path();
}

std::unexpected<Error> step_error(int errno_value, const Descriptor& parent, const fs::path& step,
                                  const fs::path& so_far) {
  struct stat found{};
  const bool is_link =
      (errno_value == ENOTDIR || errno_value == ELOOP) &&
      ::fstatat(parent.get(), step.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISLNK(found.st_mode);
  if (is_link) {
    return foreign(so_far, "be a directory", "it is a symbolic link");
  }
  return fail(system_error(errno_value, fmt::format("open '{}'", so_far.native())));
}

enum class Missing { is_error, is_made };

struct Way {
  std::uint32_t uid;
  Missing missing;
  std::uint32_t mode;
};

Result<Descriptor> take_step(const Descriptor& parent, const fs::path& step,
                             const fs::path& so_far, const Way& way, int flags) {
  Descriptor next(::openat(parent.get(), step.c_str(), flags));
  if (!next && errno == ENOENT && way.missing == Missing::is_made) {
    if (::mkdirat(parent.get(), step.c_str(), way.mode) != 0 && errno != EEXIST) {
      return fail(system_error(errno, fmt::format("make directory '{}'", so_far.native())));
    }
    next = Descriptor(::openat(parent.get(), step.c_str(), flags));
  }
  if (!next) {
    return step_error(errno, parent, step, so_far);
  }
  return next;
}

Result<Descriptor> walk(const fs::path& path, const Way& way, Place end) {
  SOURCEOS_TRY_ASSIGN(const fs::path absolute, absolute_path(path));
  SOURCEOS_TRY_ASSIGN(Descriptor here, open_directory("/"));
  fs::path so_far = "/";
  const fs::path relative = absolute.relative_path();
  for (auto step = relative.begin(); step != relative.end(); ++step) {
    so_far /= *step;
    const Place place = std::next(step) == relative.end() ? end : Place::on_the_way;
    const int flags = place == Place::last ? k_last_flags : k_way_flags;
    SOURCEOS_TRY_ASSIGN(Descriptor next, take_step(here, *step, so_far, way, flags));
    SOURCEOS_TRY_ASSIGN(const FileFacts facts, describe(next));
    SOURCEOS_TRY(check_owner(so_far, facts, way.uid, place));
    here = std::move(next);
  }
  return here;
}

}  // namespace

Result<Descriptor> open_owned_directory(const fs::path& path, std::uint32_t uid) {
  return walk(path, {uid, Missing::is_error, 0}, Place::last);
}

Result<Descriptor> make_owned_directory(const fs::path& path, std::uint32_t uid,
                                        std::uint32_t mode) {
  return walk(path, {uid, Missing::is_made, mode}, Place::last);
}

Result<Descriptor> open_owned_file(const fs::path& path, std::uint32_t uid) {
  SOURCEOS_TRY_ASSIGN(const fs::path absolute, absolute_path(path));
  SOURCEOS_TRY_ASSIGN(const Descriptor directory,
                      walk(absolute.parent_path(), {uid, Missing::is_error, 0}, Place::on_the_way));
  Result<OpenedFile> file = open_file_beneath(directory, absolute.filename());
  if (!file && file.error().reason == "link") {
    return foreign(absolute, "be a file", "it is a symbolic link");
  }
  if (!file) {
    return fail(std::move(file).error().with_context(
        fmt::format("open '{}'", absolute.native())));
  }
  SOURCEOS_TRY(check_owner(absolute, file->facts, uid, Place::last));
  return std::move(file->descriptor);
}

Status check_store_file_system(const Descriptor& directory) {
  constexpr std::uint32_t k_vfat = 0x00004d44;
  constexpr std::uint32_t k_exfat = 0x2011bab0;
  struct statfs found{};
  if (::fstatfs(directory.get(), &found) != 0) {
    return fail(system_error(errno, "ask for the file system of the store"));
  }
  const auto type = static_cast<std::uint32_t>(found.f_type);
  const bool locks = ::flock(directory.get(), LOCK_SH | LOCK_NB) == 0 || errno == EWOULDBLOCK;
  ::flock(directory.get(), LOCK_UN);
  if (type == k_vfat || type == k_exfat || !locks) {
    return fail(ErrorKind::refused, "store-file-system",
                fmt::format("expected a file system with owners, renames and locks for the store, "
                            "there is type {:#x}",
                            type));
  }
  return {};
}

}  // namespace sourceos::host
