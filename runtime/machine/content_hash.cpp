#include "runtime/machine/content_hash.hpp"

#include <system_error>
#include <vector>

#include "bundle/digest.hpp"
#include "host/files.hpp"

namespace sourceos::runtime {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_depth_max = 128;
constexpr std::size_t k_block_bytes = 256 * 1024;

class Walk {
 public:
  Walk(fs::path root, const ContentBounds& bounds) : root_(std::move(root)), bounds_(bounds) {}

  ContentHash run() {
    const auto top = host::open_directory(root_);
    const auto facts = top ? host::describe(*top) : Result<host::FileFacts>(fail(top.error()));
    if (!facts) {
      result_.cause = facts.error().kind == ErrorKind::not_found ? "missing" : "unreadable";
      return result_;
    }
    device_ = facts->device;
    enter(*top, {}, 0);
    if (result_.cause.empty()) {
      result_.hash = all_.finish().text();
    }
    return result_;
  }

 private:
  bool stop(const char* cause) {
    result_.cause = cause;
    return false;
  }

  // Kind, path and what there is to say, each ended by NUL: no name can look like two fields.
  void note(char kind, const fs::path& path, std::string_view what) {
    const std::string name = path.string();
    const char end = '\0';
    all_.update({&kind, 1}).update(name).update({&end, 1}).update(what).update({&end, 1});
  }

  bool enter(const host::Descriptor& directory, const fs::path& relative, std::size_t depth) {
    if (depth > k_depth_max) {
      return stop("too-large");
    }
    const auto names = host::list_directory(directory, bounds_.entries_max);
    if (!names) {
      return stop(names.error().kind == ErrorKind::limit ? "too-large" : "unreadable");
    }
    for (const host::DirectoryEntry& entry : *names) {
      if (entry.name != ".git" && !add(directory, entry, relative / entry.name, depth)) {
        return false;
      }
    }
    return true;
  }

  bool add(const host::Descriptor& directory, const host::DirectoryEntry& entry,
           const fs::path& path, std::size_t depth) {
    if (++entries_ > bounds_.entries_max) {
      return stop("too-large");
    }
    if (entry.kind == host::FileKind::directory) {
      return add_directory(directory, entry.name, path, depth);
    }
    if (entry.kind == host::FileKind::regular) {
      return add_file(directory, entry.name, path);
    }
    std::error_code ignored;
    const bool is_link = entry.kind == host::FileKind::link;
    note(is_link ? 'l' : 'o', path,
         is_link ? fs::read_symlink(root_ / path, ignored).string() : std::string());
    return true;
  }

  bool add_directory(const host::Descriptor& directory, const std::string& name,
                     const fs::path& path, std::size_t depth) {
    note('d', path, {});
    const auto below = host::open_subdirectory(directory, name);
    const auto facts =
        below ? host::describe(*below) : Result<host::FileFacts>(fail(below.error()));
    if (!facts) {
      return stop("unreadable");
    }
    return facts->device != device_ || enter(*below, path, depth + 1);
  }

  bool add_file(const host::Descriptor& directory, const std::string& name, const fs::path& path) {
    const auto file = host::open_file_beneath(directory, name);
    if (!file) {
      return stop("unreadable");
    }
    result_.bytes += file->facts.size;
    if (result_.bytes > bounds_.bytes_max) {
      return stop("too-large");
    }
    ++result_.files;
    buffer_.resize(k_block_bytes);
    std::uint64_t read = 0;
    while (true) {
      const auto count = host::read_some(file->descriptor, buffer_.data(), buffer_.size());
      if (!count) {
        return stop("unreadable");
      }
      read += *count;
      if (*count == 0 || read > file->facts.size) {
        break;
      }
      one_.update({buffer_.data(), *count});
    }
    const std::string digest = one_.finish().hex();
    if (read != file->facts.size) {
      return stop("changed");
    }
    note('f', path, digest);
    return true;
  }

  fs::path root_;
  const ContentBounds& bounds_;
  std::uint64_t device_ = 0;
  std::uint64_t entries_ = 0;
  bundle::Sha256 all_;
  bundle::Sha256 one_;
  std::vector<char> buffer_;
  ContentHash result_;
};

}  // namespace

ContentHash hash_content(const fs::path& root, const ContentBounds& bounds) {
  return Walk(root, bounds).run();
}

}  // namespace sourceos::runtime
