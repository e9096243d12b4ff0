#include "collect/collectors/git_document.hpp"

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

}  // namespace

json::Value git_state_document(const host::GitState& state) {
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
    document["remotes"].push_back(
        {{"name", json_text(remote.name)}, {"url", json_text(remote.url)}});
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

GitFacts git_facts_of(const host::GitState& state) {
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

}  // namespace sourceos::collect
