// Walks a directory for the collectors `files` and `logs`: one artifact a regular file, opened
// later; links, devices, FIFOs and what may not be entered are listed, never read (security S-24,
// S-25).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collect/collector.hpp"
#include "collect/collectors/file_source.hpp"

namespace sourceos::collect {

// What was seen and not read.
struct NotRead {
  std::string path;
  std::string reason;  // "link", "fifo", "socket", "device", "unsafe-file-system", an error's
  std::string target;  // of a link
};

class TreeWalk {
 public:
  TreeWalk(const CollectContext& context, ArtifactSink& sink, EntryKind kind, Keep keep)
      : context_(context), sink_(sink), kind_(kind), keep_(keep) {}

  // All regular files below `directory`; their entries are "<prefix>/<name of directory>/...".
  [[nodiscard]] Status add_directory(const std::filesystem::path& directory,
                                     const std::string& prefix);
  // One regular file, as the entry "<prefix>/<name>".
  [[nodiscard]] Status add_file(const std::filesystem::path& file, const std::string& prefix);

  void note(NotRead what);
  // What was noted, so far and in all.
  [[nodiscard]] std::uint64_t not_read_count() const { return not_read_count_; }
  // The limit that kept whole directories out, the first one; empty when none did.
  [[nodiscard]] const std::string& cut() const { return cut_; }
  // An entry that lists it, when there is something.
  [[nodiscard]] Status write_not_read(std::vector<std::string> entry);

 private:
  struct Level;
  [[nodiscard]] Status visit(std::vector<Level>& levels, std::vector<std::string>& segments,
                             const std::shared_ptr<const FileRoot>& root, bool root_is_unsafe);
  void cut_off(const std::string& path, const std::string& limit);
  void enter(std::vector<Level>& levels, std::vector<std::string>& segments,
             const std::string& name, const std::string& path, bool root_is_unsafe);
  [[nodiscard]] Status add_source(std::shared_ptr<const FileRoot> root, std::string relative,
                                  std::vector<std::string> entry);
  [[nodiscard]] Result<std::shared_ptr<const FileRoot>> open_root(
      const std::filesystem::path& directory) const;

  const CollectContext& context_;
  ArtifactSink& sink_;
  EntryKind kind_;
  Keep keep_;
  std::vector<NotRead> not_read_;
  std::uint64_t not_read_count_ = 0;
  std::string cut_;
};

[[nodiscard]] std::string_view word_of(host::FileKind kind);

}  // namespace sourceos::collect
