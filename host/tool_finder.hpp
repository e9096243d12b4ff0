// Which program answers (security S-26): a tool is resolved once, from the filtered search path,
// leaving out directories inside repositories and mounts of this call; absolute from then on.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::host {

enum class ToolOwner { root, self, other };
[[nodiscard]] std::string_view to_string(ToolOwner owner);

struct Tool {
  std::string name;
  fs::path path;    // <search path entry>/<name>: what is started
  fs::path target;  // the file itself, links resolved
  FileFacts facts;  // of the target
  ToolOwner owner = ToolOwner::other;
  fs::path shadowed;  // the system's tool of that name that this one, inside home, stands before
};

class ToolFinder {
 public:
  // `excluded`: repositories and mounts of this call; search path entries inside are skipped.
  explicit ToolFinder(const Environment& environment, std::vector<fs::path> excluded = {});

  // `not_found`, reason "tool-missing". Safe to share by threads; asks the disk once for a name.
  [[nodiscard]] Result<Tool> find(std::string_view name);
  // Leaves out further directories: repositories and mounts that the command line named. Before the
  // first look-up of the tools that this is for; what was found before is forgotten.
  void exclude(const std::vector<fs::path>& excluded);
  // Entries that were left out, those of the environment and those inside `excluded`.
  [[nodiscard]] const std::vector<std::string>& skipped() const { return skipped_; }

 private:
  [[nodiscard]] Result<Tool> look_up(std::string_view name) const;

  fs::path home_;
  std::uint32_t uid_ = 0;
  std::vector<std::string> directories_;
  std::vector<std::string> skipped_;
  std::mutex mutex_;
  std::map<std::string, Result<Tool>, std::less<>> found_;
};

}  // namespace sourceos::host
