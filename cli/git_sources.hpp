// What a repository gives to `scan`: the files that it does not ignore, what is staged, what commits
// brought. git is asked through a sterile directory of ours and runs nothing of the repository's
// (security S-02).
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sourceos::host {
struct Host;
}

namespace sourceos::cli {

struct GitBlob {
  std::string path;    // in the repository
  std::string commit;  // that brought it; empty: staged
  std::string content;
  std::string before;  // the version that it replaced, or empty
};
using BlobTaker = std::function<Status(const GitBlob& blob)>;

class GitSources {
 public:
  // The repository that `directory` lies in. "not-a-repository", "git-missing".
  [[nodiscard]] static Result<GitSources> open(const host::Host& host,
                                               const std::filesystem::path& directory);
  GitSources(GitSources&& other) noexcept;
  ~GitSources();

  [[nodiscard]] const std::filesystem::path& tree() const { return tree_; }
  // Paths of tracked and untracked files that are not ignored.
  [[nodiscard]] Result<std::vector<std::string>> files() const;
  [[nodiscard]] Status staged(const BlobTaker& take) const;
  // Of REV..HEAD, oldest last, each blob once.
  [[nodiscard]] Status since(const std::string& revision, const BlobTaker& take) const;
  // The same of all commits that HEAD holds, the first one too.
  [[nodiscard]] Status history(const BlobTaker& take) const;

 private:
  [[nodiscard]] Status commits(const std::string& range, const BlobTaker& take) const;
  GitSources(const host::Host& host, std::filesystem::path tree, std::filesystem::path scratch);
  [[nodiscard]] Result<std::string> ask(std::vector<std::string> arguments,
                                        const std::string& index = {}) const;
  [[nodiscard]] Result<std::string> blob(const std::string& id) const;
  [[nodiscard]] Status hand_out(std::string_view raw, const BlobTaker& take) const;

  const host::Host* host_;
  std::filesystem::path tree_;
  std::filesystem::path scratch_;  // ours, removed at the end
  std::filesystem::path index_;    // copy of the repository's; empty: none
  bool has_head_ = false;
};

// One line of `--raw -z`: which blob replaced which.
struct RawChange {
  std::string commit;
  std::string old_id;  // all zeros: none
  std::string new_id;
  std::string status;  // "A", "M", "T", "D"
  std::string path;
};
// Output of `log --raw -z --format=%x01%H` or `diff-index --raw -z`.
[[nodiscard]] Result<std::vector<RawChange>> parse_raw_changes(std::string_view output);

}  // namespace sourceos::cli
