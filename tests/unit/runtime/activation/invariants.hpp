// The twelve invariants of activation, looked up in an ActivationWorld after a process ended.
#pragma once

#include <map>
#include <string>

#include <doctest/doctest.h>

#include "runtime/activation/candidate.hpp"
#include "runtime/activation/journal.hpp"
#include "tests/unit/runtime/activation/activation_world.hpp"

namespace sourceos::tests {

// What an activation may not touch when it fails in steps 1 to 6.
using Tree = std::map<std::string, std::string>;
inline Tree tree_of(const std::filesystem::path& root) {
  Tree tree;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string path = std::filesystem::relative(entry.path(), root).string();
    const bool is_ours = path.find("evidence") != std::string::npos ||
                         path.find("staging") != std::string::npos ||
                         path.ends_with("/lock") || path == "manager.json";
    if (entry.is_regular_file() && !is_ours) {
      tree[path] = read_file(entry.path());
    }
  }
  return tree;
}

struct Expected {
  bool had_old = false;  // an earlier version ran before
  std::string old_text;  // its definition
  std::uint64_t starts_before = 0;
};

inline void check_invariants(ActivationWorld& world, const Expected& expected) {
  const runtime::AgentSite site = world.site();
  const runtime::ServiceStatus now = world.backend.status(site.service);
  const auto& places = site.places;
  const bool has_definition = std::filesystem::exists(places.definition);
  const std::string text = has_definition ? read_file(places.definition) : std::string();
  const runtime::AgentState notes = runtime::read_state(places);
  const bool is_old = expected.had_old && text == expected.old_text;
  if (now.enabled) {
    CHECK_MESSAGE(has_definition, "I1: enabled without a definition");
    CHECK_MESSAGE(std::filesystem::exists(places.launcher), "I1: enabled without a launcher");
    CHECK_MESSAGE(notes.definition_sha256 == bundle::sha256(text).hex(), "I1: not the recorded digest");
    CHECK_MESSAGE(notes.launcher_sha256 == bundle::sha256(read_file(places.launcher)).hex(),
                  "I1: not the recorded digest of the launcher");
    CHECK_MESSAGE(!has_high(lint_definition(world.host(), site, text)), "I4: a high finding");
  }
  if (world.backend.job().active) {
    CHECK_MESSAGE((now.enabled || is_old), "I3: it runs and is not enabled");
  }
  CHECK_MESSAGE(text.find("Restart=always") == std::string::npos, "I4");
  CHECK_MESSAGE(places.definition.string().find("/Library/LaunchDaemons") == std::string::npos, "I5");
  CHECK_MESSAGE(text.find("/tmp/" + site.declaration.name) == std::string::npos, "I6");
  const std::uint64_t starts = world.backend.job().starts - expected.starts_before;
  CHECK_MESSAGE(starts <= (expected.had_old ? 2 : 1), "I7: ", starts, " starts");
  std::size_t definitions = 0;
  if (std::filesystem::exists(places.definition.parent_path())) {
    for (const auto& entry : std::filesystem::directory_iterator(places.definition.parent_path())) {
      const std::string extension = entry.path().extension();
      definitions += extension == ".service" || extension == ".plist" ? 1U : 0U;
    }
  }
  CHECK_MESSAGE(definitions <= 1, "I8: ", definitions, " definitions");
}

// I12: a bundle names ten steps of each agent, and an undo for each change that is undone.
inline void check_bundle(ActivationWorld& world) {
  const json::Value bundle = world.evidence.bundle();
  if (!bundle.is_object()) {
    return;
  }
  for (const json::Value& agent : bundle.at("agents")) {
    CHECK_MESSAGE(agent.at("steps").size() == 10, "I12: steps");
    CHECK_MESSAGE(agent.at("rollback").at("actions").is_array(), "I12: undos");
  }
  const auto file = world.site().journal();
  if (!std::filesystem::exists(file)) {
    return;
  }
  std::size_t undone = 0;
  const auto journal = runtime::parse_journal(read_file(file));
  REQUIRE_MESSAGE(journal, "the journal can be read");
  const std::string transaction = bundle.at("transactionId");
  for (const runtime::JournalLine& line : journal->lines) {
    undone += line.transaction == transaction && line.status == runtime::LineStatus::undone ? 1U : 0U;
  }
  std::size_t told = 0;
  for (const json::Value& action : bundle.at("agents").at(0).at("rollback").at("actions")) {
    told += action.at("status") == "done" ? 1U : 0U;
  }
  CHECK_MESSAGE(told >= undone, "I12: ", told, " of ", undone, " undos are told");
}

}  // namespace sourceos::tests
