// Head, branch, changes, remotes and what in a repository would run code (security S-02).
#include "host/tools/git.hpp"

#include "collect/collectors/builtin.hpp"
#include "collect/collectors/options.hpp"
#include "core/json/json.hpp"

namespace sourceos::collect {

namespace {

template <class T>
json::Value value_or_null(const std::optional<T>& value) {
  return value ? json::Value(*value) : json::Value(nullptr);
}

json::Value text_or_null(const std::optional<std::string>& value) {
  return value ? json::Value(json_text(*value)) : json::Value(nullptr);
}

json::Value change_rows(const std::vector<host::GitChange>& changes) {
  json::Value rows = json::Value::array();
  for (const host::GitChange& change : changes) {
    rows.push_back({{"code", json_text(change.code)}, {"path", json_text(change.path)}});
  }
  return rows;
}

json::Value document_of(const host::GitState& state) {
  json::Value document = {
      {"type", "GitState"},
      {"repository", json_text(state.location.tree.string())},
      {"layout", host::to_string(state.location.layout)},
      {"pointsTo", nullptr},
      {"configMalformed", state.config_malformed},
      {"objectFormat", json_text(state.object_format)},
      {"head", text_or_null(state.head)},
      {"branch", text_or_null(state.branch)},
      {"dirty", value_or_null(state.dirty)},
      {"changed", state.change_count},
      {"untracked", state.untracked_count},
      {"changes", change_rows(state.changes)},
      {"staged", state.staged ? change_rows(*state.staged) : json::Value(nullptr)},
      {"assumeUnchanged", value_or_null(state.assume_unchanged)},
      {"skipWorktree", value_or_null(state.skip_worktree)},
      {"filtered", value_or_null(state.filtered)},
      {"refsTruncated", state.refs_truncated},
      {"remotes", json::Value::array()},
      {"branches", json::Value::array()},
      {"runsCode", json::Value::array()},
      {"problems", json::Value::array()},
  };
  if (!state.location.points_to.empty()) {
    document["pointsTo"] = json_text(state.location.points_to);
  }
  for (const host::GitRemote& remote : state.remotes) {
    document["remotes"].push_back({{"name", json_text(remote.name)}, {"url", json_text(remote.url)}});
  }
  for (const host::GitBranch& branch : state.branches) {
    document["branches"].push_back({{"name", json_text(branch.name)},
                                    {"remote", json_text(branch.remote)},
                                    {"merge", json_text(branch.merge)}});
  }
  for (const host::GitExecution& execution : state.executions) {
    document["runsCode"].push_back(
        {{"setting", json_text(execution.setting)}, {"value", json_text(execution.value)}});
  }
  for (const std::string& problem : state.problems) {
    document["problems"].push_back(json_text(problem));
  }
  return document;
}

GitFacts facts_of(const host::GitState& state) {
  GitFacts facts;
  facts.repository = state.location.tree.string();
  facts.head = state.head;
  facts.branch = state.branch;
  facts.dirty = state.dirty;
  for (const host::GitRemote& remote : state.remotes) {
    if (!facts.remote || remote.name == "origin") {
      facts.remote = remote.url;
    }
  }
  return facts;
}

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
    SOURCEOS_TRY(sink.add_json(entry, EntryKind::git_state, document_of(state)));
    find_code(state, entry, sink);
    sink.git(facts_of(state));
    return state.problems.empty();
  }
};

}  // namespace

const Collector& git_collector() {
  static const GitCollector collector;
  return collector;
}

}  // namespace sourceos::collect
