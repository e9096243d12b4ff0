// Head, branch, changes, remotes and what in a repository would run code (security S-02).
#include "host/tools/git.hpp"

#include "collect/collectors/builtin.hpp"
#include "collect/collectors/git_document.hpp"
#include "collect/collectors/options.hpp"
#include "core/json/json.hpp"

namespace sourceos::collect {

namespace {

void find_code(const host::GitState& state, const std::vector<std::string>& entry,
               ArtifactSink& sink) {
  if (state.executions.empty()) {
    return;
  }
  std::string names;
  for (const host::GitExecution& execution : state.executions) {
    names += names.empty() ? "" : ", ";
    names += execution.setting;
  }
  sink.find({"repo-executes-code", FindingSeverity::medium, entry, names});
}

class GitCollector : public Collector {
 public:
  std::string_view name() const override { return "git"; }
  std::string_view summary() const override {
    return "head, branch, changes and remotes of repositories, and what in them would run code";
  }

  Result<CollectorOutcome> collect(const CollectContext& context,
                                   ArtifactSink& sink) const override {
    std::vector<std::filesystem::path> repositories;
    for (const std::string& path : list_option(context, "paths")) {
      repositories.push_back(option_path(context, path));
    }
    if (repositories.empty()) {
      const auto above = host::find_repository_above(context.directory);
      if (!above) {
        return CollectorOutcome::skipped(above.error().reason);
      }
      repositories.push_back(*above);
    }
    CollectorOutcome outcome;
    for (const std::filesystem::path& repository : repositories) {
      SOURCEOS_TRY(context.check());
      SOURCEOS_TRY_ASSIGN(const bool whole, collect_one(context, repository, sink));
      if (!whole) {
        outcome = CollectorOutcome::truncated("git-incomplete");
      }
    }
    return outcome;
  }

 private:
  static Result<bool> collect_one(const CollectContext& context,
                                  const std::filesystem::path& repository, ArtifactSink& sink) {
    host::GitQuestion question;
    question.repository = repository;
    question.scratch = context.scratch;
    question.timeout_ms = context.time_left_ms(context.timeout_ms);
    SOURCEOS_TRY_ASSIGN(const host::GitState state,
                        host::Git(context.host.processes).state(question));
    for (const host::GitRemote& remote : state.remotes) {
      sink.teach({remote.url, ContentHint::text, Teacher::hostile_source});
    }
    const std::vector<std::string> entry = {"git", repository.filename().string() + ".json"};
    SOURCEOS_TRY(sink.add_json(entry, EntryKind::git_state, git_state_document(state)));
    find_code(state, entry, sink);
    sink.git(git_facts_of(state));
    return state.problems.empty();
  }
};

}  // namespace

const Collector& git_collector() {
  static const GitCollector collector;
  return collector;
}

}  // namespace sourceos::collect
