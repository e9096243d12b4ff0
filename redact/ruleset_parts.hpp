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

// Rules that always run; those that only run beside a token-like run of characters (tier 2 without
// keywords: they would slow all the rest); findings.
enum class Part : std::uint8_t { always, context, findings };
inline constexpr std::array k_every_part = {Part::always, Part::context, Part::findings};
inline constexpr std::size_t k_parts = k_every_part.size();
[[nodiscard]] Part part_of(const Rule& rule);

struct Trigger {
  enum class Kind : std::uint8_t { rules, placeholder, key_block, home };
  Kind kind = Kind::rules;
  std::vector<std::uint32_t> rules;
};

struct PartPatterns {
  std::vector<Trigger> triggers;
  std::vector<EnginePattern> patterns;      // one for each trigger
  std::vector<std::uint32_t> untriggered;   // rules that no trigger starts
};

// vector: each rule's pattern; scalar: the literals that its matches are sure to hold; rules without
// any run everywhere.
enum class PatternForm : std::uint8_t { vector, scalar };

// `first`: the index of rules[0] in the whole set.
[[nodiscard]] std::array<PartPatterns, k_parts> make_parts(std::span<const Rule> rules,
                                                           std::uint32_t first, PatternForm form);
// What is looked for beside rules (private keys, homes, placeholders), for the part that always
// runs.
void add_own_patterns(PartPatterns& part);

// SHA-256 over the patterns, in hex: names a compiled set.
[[nodiscard]] std::string pattern_digest(const std::vector<EnginePattern>& patterns);

}  // namespace sourceos::redact
