#include "runtime/machine/git_shield.hpp"

#include <filesystem>

#include "host/tools/git_repository.hpp"
#include "runtime/machine/real_path.hpp"

namespace sourceos::runtime {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view k_outside = "git-directory-outside";
// A link can be exchanged by whoever writes to its directory, and so can what it leads to.
constexpr std::string_view k_linked = "git-metadata-linked";

class Shield {
 public:
  Shield(Adapter adapter, const std::string& directory) : adapter_(adapter), directory_(directory) {}

  GitShield run() {
    std::error_code code;
    const fs::file_status status = fs::symlink_status(directory_ / ".git", code);
    if (fs::is_directory(status)) {
      cover(".git");
    } else if (fs::is_symlink(status)) {
      cannot(leads_inside() ? k_linked : k_outside);
    } else if (fs::exists(status)) {
      if (const fs::path inside = git_directory_inside(); inside.empty()) {
        cannot(k_outside);
      } else {
        add(".git", true);
        cover(inside);
      }
    }
    return std::move(shield_);
  }

 private:
  void cannot(std::string_view why) { shield_ = {.parts = {}, .cannot = why}; }

  void add(const fs::path& part, bool is_read_only) {
    const auto pin = pin_entry(directory_ / part);
    shield_.parts.push_back(
        {part.string(), is_read_only, pin ? std::optional(*pin) : std::nullopt});
  }

  // A directory is bound to itself: a mount point cannot be renamed, so that no other one with
  // other hooks takes its place.
  void cover(const fs::path& git_directory) {
    add(git_directory, false);
    for (const char* name : {"hooks", "config", "commondir"}) {
      std::error_code code;
      const fs::path part = git_directory / name;
      const fs::file_status status = fs::symlink_status(directory_ / part, code);
      if (fs::is_symlink(status)) {
        cannot(k_linked);
        return;
      }
      if (fs::is_regular_file(status) || fs::is_directory(status)) {
        add(part, true);
      }
    }
  }

  bool is_inside(const fs::path& real) const {
    return relation(path_key(adapter_, real.string()), path_key(adapter_, directory_.string())) ==
           Relation::below;
  }

  bool leads_inside() const {
    const auto real = resolve_existing_part(directory_ / ".git");
    return real && is_inside(real->path);
  }

  // Where the `.git` file says, relative to the mount; empty when that is not in it, or has links.
  fs::path git_directory_inside() const {
    const auto location = host::locate_repository(directory_);
    fs::path target = location && !location->points_to.empty() ? fs::path(location->points_to)
                      : location                               ? location->git_dir
                                                               : fs::path();
    if (target.is_relative()) {
      target = directory_ / target;
    }
    const auto real = resolve_path(target);
    return real && is_inside(real->path) ? fs::path(real->path).lexically_relative(directory_)
                                         : fs::path();
  }

  Adapter adapter_;
  fs::path directory_;
  GitShield shield_;
};

}  // namespace

GitShield shield_git(Adapter adapter, const std::string& directory) {
  return Shield(adapter, directory).run();
}

}  // namespace sourceos::runtime
