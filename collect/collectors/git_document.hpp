// The state of a repository as a document (schemas/GitState.json) and as facts of the record.
#pragma once

#include "collect/collector.hpp"
#include "core/json/fwd.hpp"
#include "host/tools/git.hpp"

namespace sourceos::collect {

[[nodiscard]] json::Value git_state_document(const host::GitState& state);
[[nodiscard]] GitFacts git_facts_of(const host::GitState& state);

}  // namespace sourceos::collect
