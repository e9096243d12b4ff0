// What the engine is asked about, made of rules: for each part its patterns, and what a match of
// each pattern starts. The build step that compiles the built-in rules makes the same.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "redact/engine.hpp"
#include "redact/rules.hpp"

namespace sourceos::redact {

// Where a rule is looked for (pattern_needs.hpp says why nothing is missed):
//   anchors   round literals of which each of its matches holds one; one pass finds all of them
//   runs      on lines that hold a run of token characters as long as each of its matches does
//   context   likewise, where the run looks like a token (tier 2 without keywords)
//   always    everywhere: no such thing is known of it
enum class Part : std::uint8_t { anchors, runs, context, always };
inline constexpr std::array k_every_part = {Part::anchors, Part::runs, Part::context, Part::always};
inline constexpr std::size_t k_parts = k_every_part.size();
[[nodiscard]] Part part_of(const Rule& rule);

// Runs of that length start rules of Part::runs, whose matches lie on one line or near the run.
inline constexpr std::uint32_t k_token_run_bytes = 16;
inline constexpr std::uint32_t k_run_near_bytes = 160;

struct TriggeredRule {
  std::uint32_t rule = 0;
  std::uint32_t reach = 0;  // a match begins so many bytes before the trigger's end or fewer
  bool exact = false;       // and in no other place
};

struct Trigger {
  enum class Kind : std::uint8_t { rules, placeholder, key_block, home };
  Kind kind = Kind::rules;
  std::vector<TriggeredRule> rules;
};

struct PartPatterns {
  std::vector<Trigger> triggers;
  std::vector<EnginePattern> patterns;      // one for each trigger
  std::vector<std::uint32_t> untriggered;   // rules that no trigger starts
};

// vector: each rule in its part; scalar: rules of runs are looked for round anchors too, those
// without any run everywhere.
enum class PatternForm : std::uint8_t { vector, scalar };

// `first`: the index of rules[0] in the whole set.
[[nodiscard]] std::array<PartPatterns, k_parts> make_parts(std::span<const Rule> rules,
                                                           std::uint32_t first, PatternForm form);
// What is looked for beside rules (private keys, homes, placeholders), for the anchors.
void add_own_patterns(PartPatterns& part);

// SHA-256 over the patterns, in hex: names a compiled set.
[[nodiscard]] std::string pattern_digest(const std::vector<EnginePattern>& patterns);

}  // namespace sourceos::redact
