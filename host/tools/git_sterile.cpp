// What goes in: HEAD, refs and packed-refs without refs/replace (replaced objects lie about
// content), info/exclude, the repository's index under another name, a config of our own, and
// objects/info/alternates that names the real objects. What stays out: everything that names a
// program, a remote, or another file. The list of programs that a config can name is open ended
// (filter drivers have free names), so settings are taken by allow list only.
#include "host/tools/git_sterile.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace sourceos::host {

namespace {

constexpr std::uint64_t k_ref_bytes_max = 4096;
constexpr std::uint64_t k_packed_refs_bytes_max = 64ULL * 1024 * 1024;
constexpr std::uint64_t k_exclude_bytes_max = 1024 * 1024;
constexpr std::uint64_t k_index_bytes_max = 64ULL * 1024 * 1024;
constexpr std::size_t k_refs_max = 20'000;  // a loose ref is a file for us to write
constexpr int k_ref_depth_max = 16;
constexpr std::uint32_t k_file_mode = 0600;
constexpr std::uint32_t k_directory_mode = 0700;

struct Taken {
  std::string_view name;
  std::array<std::string_view, 3> words;  // besides booleans
};
// The settings that change what a work tree's files mean, and the only ones that are taken.
constexpr std::array<Taken, 6> k_taken = {{{"filemode", {}},
                                           {"ignorecase", {}},
                                           {"precomposeunicode", {}},
                                           {"symlinks", {}},
                                           {"autocrlf", {"input"}},
                                           {"eol", {"lf", "crlf", "native"}}}};

bool is_boolean(std::string_view value) {
  constexpr std::array<std::string_view, 8> k_words = {"true", "false", "yes", "no",
                                                       "on",   "off",   "1",   "0"};
  return std::find(k_words.begin(), k_words.end(), value) != k_words.end();
}

bool is_taken(const Taken& taken, std::string_view value) {
  const bool word = std::any_of(taken.words.begin(), taken.words.end(), [&](std::string_view w) {
    return !w.empty() && w == value;
  });
  return word || (taken.name != "eol" && is_boolean(value));
}

std::optional<std::string> extension(const std::vector<GitSetting>& settings,
                                     std::string_view name) {
  const auto value = find_setting(settings, "extensions", name);
  return value ? std::optional(text::ascii_lower(*value)) : std::nullopt;
}

std::string write_config(const std::vector<GitSetting>& settings, bool bare) {
  const bool sha256 = extension(settings, "objectformat") == "sha256";
  std::string out = fmt::format(
      "[core]\n\trepositoryformatversion = {}\n\tbare = {}\n\tfsmonitor = false\n"
      "\thooksPath = /dev/null\n\texcludesFile = /dev/null\n\tattributesFile = /dev/null\n"
      "\tuntrackedCache = false\n",
      sha256 ? 1 : 0, bare);
  for (const Taken& taken : k_taken) {
    const auto value = find_setting(settings, "core", taken.name);
    if (value && is_taken(taken, text::ascii_lower(*value))) {
      out += fmt::format("\t{} = {}\n", taken.name, text::ascii_lower(*value));
    }
  }
  if (sha256) {
    out += "[extensions]\n\tobjectFormat = sha256\n";
  }
  out += "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[protocol]\n\tallow = never\n"
         "[submodule]\n\trecurse = false\n";
  return out;
}

Status write_file(const fs::path& path, std::string_view bytes) {
  return write_file_atomically(path, bytes, k_file_mode, Durability::none);
}

// Copies a file when it is there and is what it should be; anything else is left out.
Status copy_small(const fs::path& from, const fs::path& name, const fs::path& to,
                  std::uint64_t bytes_max) {
  const auto content = read_beneath(from, name, bytes_max);
  return content ? write_file(to, *content) : Status{};
}

// packed-refs without refs/replace and the peeled line ("^<id>") that may follow one.
std::string without_replaced(std::string_view packed) {
  std::string out;
  bool dropped = false;
  for (const std::string_view line : text::lines(packed)) {
    if (!line.starts_with('^')) {
      dropped = line.find(" refs/replace/") != std::string_view::npos;
    }
    if (!dropped) {
      out.append(line).push_back('\n');
    }
  }
  return out;
}

struct RefCopier {
  std::size_t left = k_refs_max;
  bool truncated = false;

  Status copy(const Descriptor& from, const fs::path& to, int depth) {
    SOURCEOS_TRY(make_directories(to, k_directory_mode));
    const auto entries = list_directory(from, k_refs_max);
    if (!entries || depth > k_ref_depth_max) {
      truncated = true;
      return {};
    }
    for (const DirectoryEntry& entry : *entries) {
      if (left == 0) {
        truncated = true;
        return {};
      }
      --left;
      if (entry.kind == FileKind::directory) {
        const bool replace = depth == 0 && entry.name == "replace";
        const auto below = open_subdirectory(from, entry.name);
        if (below && !replace) {
          SOURCEOS_TRY(copy(*below, to / entry.name, depth + 1));
        }
      } else if (entry.kind == FileKind::regular) {
        SOURCEOS_TRY(copy_ref(from, entry.name, to));
      }
    }
    return {};
  }

  static Status copy_ref(const Descriptor& from, const std::string& name, const fs::path& to) {
    const auto file = open_beneath(from, name);
    if (!file) {
      return {};
    }
    const auto content = read_all(*file, k_ref_bytes_max);
    return content ? write_file(to / name, *content) : Status{};
  }
};

// A line of `alternates` in C-style quotes, which take any path.
std::string quote_alternate(std::string_view path) {
  std::string out = "\"";
  for (const char c : path) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"\n";
}

// The copy has the index's own mtime: git compares it with those of files ("racily clean").
Result<fs::path> copy_index(const fs::path& git_dir, const fs::path& to) {
  auto root = open_directory(git_dir);
  if (!root) {
    return fs::path();
  }
  const auto file = open_beneath(*root, "index");
  const auto facts = file ? describe(*file) : Result<FileFacts>(std::unexpected(file.error()));
  const auto content =
      facts ? read_all(*file, k_index_bytes_max) : Result<std::string>(std::unexpected(facts.error()));
  if (!content) {
    return fs::path();
  }
  SOURCEOS_TRY(write_file(to, *content));
  const timespec mtime{facts->mtime.nanoseconds / 1'000'000'000,
                       facts->mtime.nanoseconds % 1'000'000'000};
  const timespec times[2] = {mtime, mtime};
  if (::utimensat(AT_FDCWD, to.c_str(), times, 0) != 0) {
    return fail(system_error(errno, "set the time of a copied index"));
  }
  return to;
}

}  // namespace

Result<SterileGit> make_sterile_git(const GitLocation& location,
                                    const std::vector<GitSetting>& settings,
                                    const fs::path& directory) {
  const std::string storage = extension(settings, "refstorage").value_or("files");
  const std::string format = extension(settings, "objectformat").value_or("sha1");
  if (storage != "files" || (format != "sha1" && format != "sha256")) {
    return fail(ErrorKind::unavailable, "git-unsupported",
                "expected refs kept as files and sha1 or sha256 objects");
  }
  const auto objects = describe(location.common_dir / "objects");
  if (!objects || objects->kind != FileKind::directory) {
    return fail(ErrorKind::refused, "git-unsupported", "'objects' is no directory of its own");
  }
  SterileGit sterile;
  sterile.directory = directory;
  SOURCEOS_TRY(make_directories(directory / "objects" / "info", k_directory_mode));
  SOURCEOS_TRY(make_directories(directory / "info", k_directory_mode));
  SOURCEOS_TRY(write_file(directory / "config",
                          write_config(settings, location.layout == GitLayout::bare)));
  SOURCEOS_TRY(write_file(directory / "objects" / "info" / "alternates",
                          quote_alternate((location.common_dir / "objects").string())));
  SOURCEOS_TRY(copy_small(location.git_dir, "HEAD", directory / "HEAD", k_ref_bytes_max));
  SOURCEOS_TRY(copy_small(location.common_dir, "info/exclude", directory / "info" / "exclude",
                          k_exclude_bytes_max));
  const auto packed = read_beneath(location.common_dir, "packed-refs", k_packed_refs_bytes_max);
  if (packed) {
    SOURCEOS_TRY(write_file(directory / "packed-refs", without_replaced(*packed)));
  }
  RefCopier refs;
  SOURCEOS_TRY(make_directories(directory / "refs", k_directory_mode));
  if (const auto from = open_directory(location.common_dir / "refs")) {
    SOURCEOS_TRY(refs.copy(*from, directory / "refs", 0));
  }
  sterile.refs_truncated = refs.truncated;
  SOURCEOS_TRY_ASSIGN(sterile.copied_index,
                      copy_index(location.git_dir, directory / "index-of-repository"));
  return sterile;
}

std::vector<std::pair<std::string, std::string>> sterile_environment() {
  return {{"GIT_CONFIG_NOSYSTEM", "1"},   {"GIT_CONFIG_GLOBAL", "/dev/null"},
          {"GIT_ATTR_NOSYSTEM", "1"},     {"GIT_OPTIONAL_LOCKS", "0"},
          {"GIT_TERMINAL_PROMPT", "0"},   {"GIT_NO_LAZY_FETCH", "1"},
          {"GIT_NO_REPLACE_OBJECTS", "1"}, {"GIT_PROTOCOL_FROM_USER", "0"},
          {"GIT_ALLOW_PROTOCOL", ""}};
}

}  // namespace sourceos::host
