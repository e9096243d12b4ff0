#include "cli/git_sources.hpp"

#include <stdlib.h>

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/process_runner.hpp"
#include "host/tools/git_repository.hpp"
#include "host/tools/git_sterile.hpp"

namespace sourceos::cli {

namespace {

constexpr std::uint64_t k_git_timeout_ms = 120'000;
constexpr std::uint64_t k_listing_bytes_max = 256 * limits::k_mib;
// A larger blob is no source text; `scan` on the file itself reads it as a stream.
constexpr std::uint64_t k_blob_bytes_max = 64 * limits::k_mib;

bool is_zero(std::string_view id) { return id.find_first_not_of('0') == std::string_view::npos; }

Result<std::filesystem::path> make_scratch() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sourceos-git-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    return fail(system_error(errno, "make a scratch directory"));
  }
  return std::filesystem::path(pattern);
}

}  // namespace

GitSources::GitSources(const host::Host& host, std::filesystem::path tree,
                       std::filesystem::path scratch)
    : host_(&host), tree_(std::move(tree)), scratch_(std::move(scratch)) {}

GitSources::GitSources(GitSources&& other) noexcept
    : host_(other.host_),
      tree_(std::move(other.tree_)),
      scratch_(std::exchange(other.scratch_, {})),
      index_(std::move(other.index_)),
      has_head_(other.has_head_) {}

GitSources::~GitSources() {
  if (!scratch_.empty()) {
    (void)host::remove_tree(scratch_);
  }
}

Result<GitSources> GitSources::open(const host::Host& host, const std::filesystem::path& directory) {
  const auto absolute = std::filesystem::absolute(directory).lexically_normal();
  SOURCEOS_TRY_ASSIGN(const std::filesystem::path tree, host::find_repository_above(absolute));
  SOURCEOS_TRY_ASSIGN(const host::GitLocation location, host::locate_repository(tree));
  if (location.layout != host::GitLayout::work_tree) {
    return fail(ErrorKind::refused, "repository-elsewhere",
                fmt::format("expected '{}' to hold its own '.git' directory, its repository is {}", tree.string(),
                            location.layout == host::GitLayout::bare ? "bare" : "elsewhere"));
  }
  SOURCEOS_TRY_ASSIGN(std::filesystem::path scratch, make_scratch());
  GitSources sources(host, tree, std::move(scratch));
  const host::GitSettings settings = host::read_repository_settings(location);
  SOURCEOS_TRY_ASSIGN(const host::SterileGit sterile,
                      host::make_sterile_git(location, settings.settings, sources.scratch_ / "git"));
  sources.index_ = sterile.copied_index;
  sources.has_head_ = sources.ask({"rev-parse", "--verify", "--quiet", "HEAD"}).has_value();
  return sources;
}

Result<std::string> GitSources::ask(std::vector<std::string> arguments, const std::string& index) const {
  host::ProcessRequest request;
  request.argv = {"git", "--no-pager", fmt::format("--git-dir={}", (scratch_ / "git").string()),
                  fmt::format("--work-tree={}", tree_.string())};
  const std::string what = arguments.front();
  request.argv.insert(request.argv.end(), std::make_move_iterator(arguments.begin()),
                      std::make_move_iterator(arguments.end()));
  request.working_directory = tree_.string();
  request.environment = host::sterile_environment();
  if (!index.empty()) {
    request.environment.emplace_back("GIT_INDEX_FILE", index);
  }
  request.timeout_ms = k_git_timeout_ms;
  request.output_bytes_max = k_listing_bytes_max;
  SOURCEOS_TRY_ASSIGN(host::ProcessOutcome outcome, host_->processes.run(request));
  if (outcome.end == host::ProcessEnd::missing) {
    return fail(ErrorKind::unavailable, "git-missing", "git is not installed");
  }
  if (!outcome.ok() || outcome.truncated) {
    return fail(ErrorKind::unavailable, "git-failed",
                fmt::format("git {}: {}", what,
                            outcome.truncated ? "its answer is too long"
                                              : text::trim(outcome.error_output)));
  }
  return std::move(outcome.output);
}

Result<std::vector<std::string>> GitSources::files() const {
  // A fresh index: the repository's own may hide changed files (S-02).
  const std::string index = (scratch_ / "listed").string();
  if (has_head_) {
    SOURCEOS_TRY(ask({"read-tree", "HEAD"}, index));
  }
  SOURCEOS_TRY_ASSIGN(const std::string output,
                      ask({"ls-files", "-z", "--cached", "--others", "--exclude-standard"}, index));
  std::set<std::string> paths;
  for (const std::string_view path : text::split(output, '\0')) {
    if (!path.empty() && !path.ends_with('/')) {
      paths.emplace(path);
    }
  }
  return std::vector<std::string>(paths.begin(), paths.end());
}

Result<std::string> GitSources::blob(const std::string& id) const {
  SOURCEOS_TRY_ASSIGN(const std::string size, ask({"cat-file", "-s", id}));
  if (std::strtoull(size.c_str(), nullptr, 10) > k_blob_bytes_max) {
    return std::string();
  }
  return ask({"cat-file", "blob", id});
}

Status GitSources::hand_out(std::string_view raw, const BlobTaker& take) const {
  SOURCEOS_TRY_ASSIGN(const std::vector<RawChange> changes, parse_raw_changes(raw));
  std::set<std::string> seen;
  for (const RawChange& change : changes) {
    if (is_zero(change.new_id) || !seen.insert(change.new_id).second) {
      continue;
    }
    GitBlob blob;
    blob.path = change.path;
    blob.commit = change.commit;
    SOURCEOS_TRY_ASSIGN(blob.content, this->blob(change.new_id));
    if (!is_zero(change.old_id)) {
      SOURCEOS_TRY_ASSIGN(blob.before, this->blob(change.old_id));
    }
    SOURCEOS_TRY(take(blob));
  }
  return {};
}

Status GitSources::staged(const BlobTaker& take) const {
  if (index_.empty()) {
    return {};
  }
  // The tree of no files stands for HEAD before the first commit.
  std::string base = "HEAD";
  if (!has_head_) {
    SOURCEOS_TRY_ASSIGN(base, ask({"hash-object", "-t", "tree", "/dev/null"}));
    base = std::string(text::trim(base));
  }
  SOURCEOS_TRY_ASSIGN(const std::string raw,
                      ask({"diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev",
                           "--ignore-submodules=all", base}, index_.string()));
  return hand_out(raw, take);
}

Status GitSources::since(const std::string& revision, const BlobTaker& take) const {
  if (revision.empty() || revision.front() == '-') {
    return fail(ErrorKind::usage, "usage", "'--since' is a commit, branch or tag");
  }
  if (auto known = ask({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"});
      !known) {
    return fail(ErrorKind::not_found, "revision-missing",
                fmt::format("the repository has no commit '{}'", revision));
  }
  return commits(revision + "..HEAD", take);
}

Status GitSources::history(const BlobTaker& take) const {
  return has_head_ ? commits("HEAD", take) : Status();
}

// `log.showRoot` of the user may hide what the first commit brought.
Status GitSources::commits(const std::string& range, const BlobTaker& take) const {
  SOURCEOS_TRY_ASSIGN(const std::string raw,
                      ask({"log", "--root", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-textconv",
                           "--no-ext-diff", "--no-show-signature", "-m", "--ignore-submodules=all", "--format=%x01%H", "--end-of-options", range}));
  return hand_out(raw, take);
}

Result<std::vector<RawChange>> parse_raw_changes(std::string_view output) {
  const auto malformed = [] {
    return fail(ErrorKind::malformed, "git-output", "git's list of changes is not in its raw form");
  };
  std::vector<RawChange> changes;
  std::string commit;
  const auto tokens = text::split(output, '\0');
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::string_view token = tokens[i];
    while (!token.empty() && token.front() == '\n') {
      token.remove_prefix(1);
    }
    if (token.empty()) {
      continue;
    }
    if (token.front() == '\x01') {
      const std::size_t end = std::min(token.find('\n'), token.size());
      commit = token.substr(1, end - 1);
      token.remove_prefix(std::min(end + 1, token.size()));
      if (token.empty()) {
        continue;
      }
    }
    // ":100644 100755 <old> <new> M"
    const auto words = text::split(token, ' ');
    if (token.front() != ':' || words.size() != 5 || i + 1 == tokens.size() ||
        tokens[i + 1].empty()) {
      return malformed();
    }
    changes.push_back({commit, std::string(words[2]), std::string(words[3]), std::string(words[4]),
                       std::string(tokens[++i])});
  }
  return changes;
}

}  // namespace sourceos::cli
