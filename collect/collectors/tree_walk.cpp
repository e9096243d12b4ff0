// Depth first with one open descriptor a level, in byte order of names. No file is looked at before
// it is opened: its kind comes from the directory, the rest from the descriptor that is read.
#include "collect/collectors/tree_walk.hpp"

#include "collect/collectors/options.hpp"
#include "core/json/json.hpp"

#include <fmt/format.h>

namespace sourceos::collect {

namespace {

constexpr std::size_t k_depth_max = 128;  // one descriptor each, of 1024 that a process has
constexpr std::size_t k_not_read_rows_max = 10'000;

std::string last_part(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.empty() ? "root" : name;
}

}  // namespace

std::string_view word_of(host::FileKind kind) {
  switch (kind) {
    case host::FileKind::regular: return "regular";
    case host::FileKind::directory: return "directory";
    case host::FileKind::link: return "link";
    case host::FileKind::fifo: return "fifo";
    case host::FileKind::socket: return "socket";
    case host::FileKind::device: return "device";
  }
  return "";
}

struct TreeWalk::Level {
  host::Descriptor directory;
  std::vector<host::DirectoryEntry> entries;
  std::size_t next = 0;
  std::string relative;  // "" or "a/b/"
};

void TreeWalk::note(NotRead what) {
  ++not_read_count_;
  if (not_read_.size() < k_not_read_rows_max) {
    not_read_.push_back(std::move(what));
  }
}

Status TreeWalk::write_not_read(std::vector<std::string> entry) {
  if (not_read_count_ == 0) {
    return {};
  }
  json::Value document = {
      {"type", "NotRead"}, {"count", not_read_count_}, {"files", json::Value::array()}};
  for (const NotRead& row : not_read_) {
    const json::Value target = row.target.empty() ? json::Value() : json::Value(json_text(row.target));
    document["files"].push_back({{"path", json_text(row.path)},
                                 {"reason", json_text(row.reason)},
                                 {"target", target}});
  }
  return sink_.add_json(std::move(entry), kind_, document);
}

Result<std::shared_ptr<const FileRoot>> TreeWalk::open_root(
    const std::filesystem::path& directory) const {
  auto root = std::make_shared<FileRoot>();
  SOURCEOS_TRY_ASSIGN(root->directory, host::open_directory(directory));
  root->path = directory == "/" ? "" : directory.string();
  SOURCEOS_TRY_ASSIGN(const host::FileFacts facts, host::describe(root->directory));
  root->uid = trusted_owner(context_.host.environment.uid, facts);
  return root;
}

Status TreeWalk::add_source(std::shared_ptr<const FileRoot> root, std::string relative,
                            std::vector<std::string> entry) {
  Artifact artifact;
  artifact.path = std::move(entry);
  artifact.kind = kind_;
  artifact.media_type = MediaType::binary;
  artifact.hint = ContentHint::automatic;
  artifact.keep = keep_;
  artifact.content = std::make_unique<FileSource>(std::move(root), std::move(relative));
  return sink_.add(std::move(artifact));
}

Status TreeWalk::add_file(const std::filesystem::path& file, const std::string& prefix) {
  SOURCEOS_TRY_ASSIGN(auto root, open_root(file.parent_path()));
  const std::string name = file.filename().string();
  return add_source(std::move(root), name, {prefix, name});
}

Status TreeWalk::add_directory(const std::filesystem::path& directory, const std::string& prefix) {
  SOURCEOS_TRY_ASSIGN(const auto root, open_root(directory));
  const bool root_is_unsafe = host::is_unsafe_file_system(root->directory);
  std::vector<std::string> segments = {prefix, last_part(directory)};
  std::vector<Level> levels(1);
  SOURCEOS_TRY_ASSIGN(levels.front().directory, host::open_subdirectory(root->directory, "."));
  SOURCEOS_TRY_ASSIGN(levels.front().entries,
                      host::list_directory(root->directory, context_.entries_max));
  while (!levels.empty()) {
    SOURCEOS_TRY(visit(levels, segments, root, root_is_unsafe));
  }
  return {};
}

// Takes one step: the next name of the deepest level, or back up.
Status TreeWalk::visit(std::vector<Level>& levels, std::vector<std::string>& segments,
                       const std::shared_ptr<const FileRoot>& root, bool root_is_unsafe) {
  Level& level = levels.back();
  if (level.next == level.entries.size()) {
    levels.pop_back();
    segments.pop_back();
    return context_.check();
  }
  const host::DirectoryEntry& entry = level.entries[level.next++];
  std::string relative = level.relative + entry.name;
  if (entry.kind == host::FileKind::regular) {
    std::vector<std::string> wished = segments;
    wished.push_back(entry.name);
    return add_source(root, std::move(relative), std::move(wished));
  }
  const std::string path = root->path + "/" + relative;
  if (entry.kind == host::FileKind::directory) {
    enter(levels, segments, std::string(entry.name), path, root_is_unsafe);
    return {};
  }
  std::error_code ignored;
  note({path, std::string(word_of(entry.kind)),
        entry.kind == host::FileKind::link ? std::filesystem::read_symlink(path, ignored).string()
                                           : std::string()});
  return {};
}

void TreeWalk::cut_off(const std::string& path, const std::string& limit) {
  note({path, limit, {}});
  if (cut_.empty()) {
    cut_ = limit;
  }
}

void TreeWalk::enter(std::vector<Level>& levels, std::vector<std::string>& segments,
                     const std::string& name, const std::string& path, bool root_is_unsafe) {
  if (levels.size() >= k_depth_max) {
    cut_off(path, "depth-limit");
    return;
  }
  Level below;
  auto opened = host::open_subdirectory(levels.back().directory, name);
  if (!opened) {
    note({path, opened.error().reason, {}});
    return;
  }
  below.directory = std::move(*opened);
  if (!root_is_unsafe && host::is_unsafe_file_system(below.directory)) {
    note({path, "unsafe-file-system", {}});
    return;
  }
  auto entries = host::list_directory(below.directory, context_.entries_max);
  if (!entries && entries.error().kind == ErrorKind::limit) {
    cut_off(path, entries.error().reason);
    return;
  }
  if (!entries) {
    note({path, entries.error().reason, {}});
    return;
  }
  below.entries = std::move(*entries);
  below.relative = levels.back().relative + name + "/";
  segments.push_back(name);
  levels.push_back(std::move(below));
}

}  // namespace sourceos::collect
