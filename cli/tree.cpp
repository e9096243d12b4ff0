#include "cli/tree.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"

namespace sourceos::cli {

namespace {

// Deeper trees are a loop of mounts or made to hurt.
constexpr std::size_t k_depth_max = 256;

std::string_view reason_of(host::FileKind kind) {
  switch (kind) {
    case host::FileKind::link:
      return "link";
    case host::FileKind::fifo:
    case host::FileKind::socket:
    case host::FileKind::device:
      return "special-file";
    case host::FileKind::regular:
    case host::FileKind::directory:
      break;
  }
  return "";
}

class Walk {
 public:
  explicit Walk(Tree& tree) : tree_(tree) {}

  Status operand(const std::string& operand) {
    const std::filesystem::path path = operand;
    const auto facts = host::describe(path);
    if (!facts) {
      return facts.error().kind == ErrorKind::not_found
                 ? fail(ErrorKind::not_found, "input-missing", fmt::format("'{}' does not exist", operand))
                 : fail(facts.error());
    }
    if (facts->kind == host::FileKind::directory) {
      SOURCEOS_TRY_ASSIGN(const host::Descriptor directory, host::open_directory(path));
      return walk(directory, path, operand, "", 0);
    }
    if (facts->kind != host::FileKind::regular) {
      return fail(ErrorKind::refused, reason_of(facts->kind),
                  fmt::format("'{}' is no regular file or directory", operand));
    }
    tree_.files.push_back({path, operand, path.filename().string()});
    return {};
  }

 private:
  Status walk(const host::Descriptor& directory, const std::filesystem::path& path,
              const std::string& name, const std::string& below, std::size_t depth) {
    SOURCEOS_TRY_ASSIGN(const auto entries,
                        host::list_directory(directory, limits::k_collector_entries_max));
    for (const host::DirectoryEntry& entry : entries) {
      const std::string shown = name.ends_with('/') ? name + entry.name : name + "/" + entry.name;
      const std::string deeper = below.empty() ? entry.name : below + "/" + entry.name;
      if (entry.kind == host::FileKind::regular) {
        tree_.files.push_back({path / entry.name, shown, deeper});
      } else if (entry.kind != host::FileKind::directory) {
        tree_.skipped.push_back({shown, std::string(reason_of(entry.kind))});
      } else if (entry.name == ".git") {
        tree_.skipped.push_back({shown, "git-directory"});
      } else {
        SOURCEOS_TRY(descend(directory, path / entry.name, entry.name, shown, deeper, depth));
      }
    }
    return {};
  }

  Status descend(const host::Descriptor& directory, const std::filesystem::path& path,
                 const std::string& component, const std::string& name, const std::string& below,
                 std::size_t depth) {
    if (depth == k_depth_max) {
      tree_.skipped.push_back({name, "too-deep"});
      return {};
    }
    const auto opened = host::open_subdirectory(directory, component);
    if (!opened) {
      tree_.skipped.push_back({name, std::string(to_string(opened.error().kind))});
      return {};
    }
    if (host::is_unsafe_file_system(*opened)) {
      tree_.skipped.push_back({name, "file-system"});
      return {};
    }
    return walk(*opened, path, name, below, depth + 1);
  }

  Tree& tree_;
};

}  // namespace

Result<Tree> list_tree(const std::vector<std::string>& operands) {
  Tree tree;
  Walk walk(tree);
  for (const std::string& operand : operands) {
    SOURCEOS_TRY(walk.operand(operand));
  }
  return tree;
}

Status leave_out_ignored(Tree& tree, const std::filesystem::path& root) {
  const auto text = host::read_file(root / ".scanignore", limits::k_config_file_bytes_max);
  if (!text) {
    return text.error().kind == ErrorKind::not_found ? Status() : Status(std::unexpected(text.error()));
  }
  std::vector<std::string_view> globs;
  for (const std::string_view line : text::lines(*text)) {
    if (const std::string_view glob = text::trim(line); !glob.empty() && glob.front() != '#') {
      globs.push_back(glob);
    }
  }
  const auto ignored = [&globs](const TreeFile& file) {
    return std::ranges::any_of(globs, [&file](std::string_view glob) { return text::glob_match(glob, file.below); });
  };
  for (const TreeFile& file : tree.files) {
    if (ignored(file)) {
      tree.skipped.push_back({file.name, "ignored"});
    }
  }
  std::erase_if(tree.files, ignored);
  return {};
}

}  // namespace sourceos::cli
