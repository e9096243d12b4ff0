#include "host/tools/git.hpp"

#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/tools/git_sterile.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace sourceos::host {

namespace {

constexpr std::uint64_t k_listing_bytes_max = 64 * limits::k_mib;  // names of all tracked files

// One sterile directory, asked several times.
class Session {
 public:
  Session(ProcessRunner& runner, const GitQuestion& question, SterileGit sterile, bool bare)
      : runner_(runner), question_(question), sterile_(std::move(sterile)), bare_(bare) {}

  // The output, or nullopt and a problem noted.
  std::optional<std::string> ask(std::vector<std::string> words, std::vector<std::string>& problems,
                                 const fs::path& index = {}, std::string input = {}) const {
    ProcessRequest request;
    request.argv = {"git", "--git-dir=" + sterile_.directory.string()};
    if (!bare_) {
      request.argv.push_back("--work-tree=" + question_.repository.string());
    }
    const std::string name = words.front();
    std::move(words.begin(), words.end(), std::back_inserter(request.argv));
    request.working_directory = sterile_.directory.string();
    request.environment = sterile_environment();
    if (!index.empty()) {
      request.environment.emplace_back("GIT_INDEX_FILE", index.string());
    }
    request.input = std::move(input);
    request.timeout_ms = question_.timeout_ms;
    request.output_bytes_max = k_listing_bytes_max;
    const auto outcome = runner_.run(request);
    if (!outcome) {
      problems.push_back(fmt::format("git {}: {}", name, outcome.error().reason));
      return std::nullopt;
    }
    if (!outcome->ok() || outcome->truncated) {
      problems.push_back(fmt::format("git {}: {}", name, describe_end(*outcome)));
      return std::nullopt;
    }
    return outcome->output;
  }

  [[nodiscard]] const SterileGit& sterile() const { return sterile_; }

 private:
  static std::string describe_end(const ProcessOutcome& outcome) {
    switch (outcome.end) {
      case ProcessEnd::missing: return "missing";
      case ProcessEnd::timed_out: return "timed out";
      case ProcessEnd::signalled: return fmt::format("signal {}", outcome.status);
      case ProcessEnd::exited: break;
    }
    return outcome.status == 0 ? "output too long" : fmt::format("exit {}", outcome.status);
  }

  ProcessRunner& runner_;
  const GitQuestion& question_;
  SterileGit sterile_;
  bool bare_;
};

// HEAD is read from the copy: "ref: refs/heads/<branch>" or an object id.
void read_head(const Session& session, GitState& state) {
  const auto head = read_file(session.sterile().directory / "HEAD", 4096);
  constexpr std::string_view k_branch = "ref: refs/heads/";
  if (head && head->starts_with(k_branch)) {
    state.branch = std::string(text::trim(std::string_view(*head).substr(k_branch.size())));
  }
  std::vector<std::string> unborn;  // an unborn branch has no commit: no problem
  const auto id = session.ask({"rev-parse", "--verify", "--quiet", "HEAD"}, unborn);
  if (id) {
    state.head = std::string(text::trim(*id));
  } else if (!state.branch) {
    state.problems.push_back("git rev-parse: HEAD names no commit");
  }
}

void read_status(const Session& session, GitState& state) {
  if (state.head && !session.ask({"read-tree", "HEAD"}, state.problems)) {
    return;
  }
  const auto output =
      session.ask({"status", "--porcelain=v2", "--branch", "-z", "--no-renames",
                   "--untracked-files=normal", "--ignore-submodules=all"},
                  state.problems);
  if (!output) {
    return;
  }
  auto status = parse_git_status(*output);
  if (!status) {
    state.problems.push_back("git status: output of unknown form");
    return;
  }
  state.changes = std::move(status->changes);
  state.change_count = status->change_count;
  state.untracked_count = status->untracked_count;
  state.dirty = status->change_count + status->untracked_count > 0;
}

// What the repository's own index says beside HEAD: the suspect's word, so only listed.
void read_own_index(const Session& session, GitState& state) {
  const fs::path& index = session.sterile().copied_index;
  if (index.empty() || !state.head) {
    return;
  }
  const auto staged = session.ask({"diff-index", "--cached", "--name-status", "-z", "--no-renames",
                                   "--ignore-submodules=none", "HEAD"},
                                  state.problems, index);
  if (staged) {
    if (auto changes = parse_name_status(*staged)) {
      if (!changes->empty()) {
        state.dirty = true;
      }
      changes->resize(std::min(changes->size(), k_git_paths_max));
      state.staged = std::move(*changes);
    }
  }
  // One record a path: a tag (lower case: assume-unchanged; S or s: skip-worktree), ' ', name.
  const auto flags = session.ask({"ls-files", "-v", "-z"}, state.problems, index);
  if (!flags) {
    return;
  }
  state.assume_unchanged = 0;
  state.skip_worktree = 0;
  for (const std::string_view record : text::split(*flags, '\0')) {
    if (record.size() < 2) {
      continue;
    }
    *state.assume_unchanged += std::islower(static_cast<unsigned char>(record[0])) != 0 ? 1U : 0U;
    *state.skip_worktree += record[0] == 'S' || record[0] == 's' ? 1U : 0U;
  }
}

// No filter runs in the sterile directory, so such paths were compared as they lie on disk.
void count_filtered(const Session& session, GitState& state) {
  const auto names = session.ask({"ls-files", "-z"}, state.problems);
  if (!names) {
    return;
  }
  const auto attributes =
      session.ask({"check-attr", "-z", "--stdin", "filter"}, state.problems, {}, *names);
  if (!attributes) {
    return;
  }
  state.filtered = 0;
  const auto fields = text::split(*attributes, '\0');  // path, "filter", value
  for (std::size_t i = 2; i < fields.size(); i += 3) {
    *state.filtered += fields[i] != "unspecified" && fields[i] != "unset" ? 1U : 0U;
  }
}

void read_config_facts(const std::vector<GitSetting>& settings, GitState& state) {
  state.object_format =
      text::ascii_lower(find_setting(settings, "extensions", "objectformat").value_or("sha1"));
  const auto branch_of = [&](const std::string& name) -> GitBranch& {
    const auto found = std::find_if(state.branches.begin(), state.branches.end(),
                                    [&](const GitBranch& branch) { return branch.name == name; });
    if (found != state.branches.end()) {
      return *found;
    }
    return state.branches.emplace_back(GitBranch{name, {}, {}});
  };
  for (const GitSetting& setting : settings) {
    if (setting.subsection.empty()) {
      continue;
    }
    if (setting.section == "remote" && setting.name == "url") {
      state.remotes.push_back({setting.subsection, setting.value});
    } else if (setting.section == "branch" && setting.name == "remote") {
      branch_of(setting.subsection).remote = setting.value;
    } else if (setting.section == "branch" && setting.name == "merge") {
      branch_of(setting.subsection).merge = setting.value;
    }
  }
}

std::unexpected<Error> unknown_form() {
  return fail(ErrorKind::malformed, "git-output", "expected records of a known form");
}

}  // namespace

Result<GitStatus> parse_git_status(std::string_view output) {
  GitStatus status;
  const auto records = text::split(output, '\0');
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::string_view record = records[i];
    if (record.empty() || record[0] == '#' || record[0] == '!') {
      continue;
    }
    if (record[0] == '?' && record.size() > 2) {
      ++status.untracked_count;
      if (status.changes.size() < k_git_paths_max) {
        status.changes.push_back({"??", std::string(record.substr(2))});
      }
      continue;
    }
    // Fields before the path: 1 XY sub mH mI mW hH hI; 2 has a score, and u three stages more.
    const std::size_t before = record[0] == '1' ? 8 : record[0] == '2' ? 9 : record[0] == 'u' ? 10 : 0;
    std::size_t at = 0;
    for (std::size_t field = 0; field < before && at != std::string_view::npos; ++field) {
      at = record.find(' ', at);
      at = at == std::string_view::npos ? at : at + 1;
    }
    if (before == 0 || at == std::string_view::npos || record.size() < 4) {
      return unknown_form();
    }
    i += record[0] == '2' ? 1U : 0U;  // the old name follows as a record of its own
    ++status.change_count;
    if (status.changes.size() < k_git_paths_max) {
      status.changes.push_back({std::string(record.substr(2, 2)), std::string(record.substr(at))});
    }
  }
  return status;
}

Result<std::vector<GitChange>> parse_name_status(std::string_view output) {
  std::vector<GitChange> changes;
  auto fields = text::split(output, '\0');
  if (!fields.empty() && fields.back().empty()) {
    fields.pop_back();
  }
  if (fields.size() % 2 != 0) {
    return unknown_form();
  }
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    changes.push_back({std::string(fields[i]), std::string(fields[i + 1])});
  }
  return changes;
}

Result<GitState> Git::state(const GitQuestion& question) const {
  GitState state;
  SOURCEOS_TRY_ASSIGN(state.location, locate_repository(question.repository));
  if (state.location.layout == GitLayout::outside) {
    return state;
  }
  const GitSettings settings = read_repository_settings(state.location);
  state.config_malformed = settings.malformed;
  read_config_facts(settings.settings, state);
  state.executions = find_executions(state.location, settings.settings);

  const fs::path directory = question.scratch / "git-sterile";
  SOURCEOS_TRY(remove_tree(directory));
  auto sterile = make_sterile_git(state.location, settings.settings, directory);
  if (!sterile) {
    state.problems.push_back(sterile.error().message);
    return state;
  }
  state.refs_truncated = sterile->refs_truncated;
  GitQuestion at = question;
  at.repository = state.location.tree;
  const bool bare = state.location.layout == GitLayout::bare;
  const Session session(runner_, at, std::move(*sterile), bare);
  read_head(session, state);
  if (!bare) {
    read_status(session, state);
    read_own_index(session, state);
    count_filtered(session, state);
  }
  SOURCEOS_TRY(remove_tree(directory));
  return state;
}

}  // namespace sourceos::host
