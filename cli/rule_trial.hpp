// Runs the examples and counter-examples of rules through the engine as it is used, for
// `redact rules test` and `redact selftest`.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "redact/rules.hpp"

namespace sourceos::redact {
class Pipeline;
}

namespace sourceos::cli {

struct TrialFailure {
  std::string rule;
  std::string what;  // "example 1 is not found", never the example itself
};
struct Trial {
  std::size_t rules = 0;
  std::size_t examples = 0;
  std::vector<TrialFailure> failures;
};

// Every example must be found by its rule (or masked whole by one before it), no counter-example
// may be found by its rule.
[[nodiscard]] Trial try_rules(std::span<const redact::Rule> rules, const redact::Pipeline& pipeline);
// Both pipelines must give the same bytes for every example.
[[nodiscard]] Trial compare_engines(std::span<const redact::Rule> rules,
                                    const redact::Pipeline& engine, const redact::Pipeline& scalar);

}  // namespace sourceos::cli
