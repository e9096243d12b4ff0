// Which entries a bundle will have, in path order, before any of them is read.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "collect/gather.hpp"

namespace sourceos::redact {
class Pipeline;
}

namespace sourceos::collect {

struct PlannedEntry {
  std::string path;  // in the bundle: redacted, encoded, unique
  Artifact artifact;
  std::size_t collector = 0;  // position in the list of gathered collectors
};

// Moves the artifacts out of `gathered`. Findings of collectors name their entry by the wished
// path; `paths_of_findings` gives the path in the bundle for each, empty when there is none.
struct EntryPlan {
  std::vector<PlannedEntry> entries;
  std::vector<std::vector<std::string>> paths_of_findings;  // [collector][finding]
};
[[nodiscard]] EntryPlan plan_entries(const redact::Pipeline& pipeline,
                                     std::vector<Gathered>& gathered);

}  // namespace sourceos::collect
