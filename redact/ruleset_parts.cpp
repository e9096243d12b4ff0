#include "redact/ruleset_parts.hpp"

#include "bundle/digest.hpp"
#include "redact/engine_pattern.hpp"
#include "redact/literals.hpp"
#include "redact/matcher.hpp"

#include <map>
#include <string_view>

#include <fmt/format.h>

namespace sourceos::redact {

namespace {

// Begins of private keys in text (key_block.hpp).
constexpr std::string_view k_key_begins[] = {"-----BEGIN ", "---- BEGIN ", "PuTTY-User-Key-File-"};

// Parents of home directories: the name that follows is a user's.
constexpr std::string_view k_homes[] = {"/home/", "/Users/", "\\Users\\"};

// Where the widest alternation of the pattern ends.
std::size_t end_of_widest_group(std::string_view pattern) {
  std::size_t widest = 0;
  std::size_t cut = pattern.size();
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '\\') {
      ++at;
    } else if (pattern[at] == '[') {
      at = pattern.find(']', at + 2);
    } else if (pattern[at] == '(' && depth++ == 0) {
      begin = at;
    } else if (pattern[at] == ')' && --depth == 0 && at - begin > widest) {
      widest = at - begin;
      cut = at + 1;
    }
  }
  return cut;
}

// The engine refuses patterns of many hundred names. Of such a pattern it gets what stands up to
// the end of its widest alternation: every match begins with that.
std::string for_engine(std::string_view pattern) {
  constexpr std::size_t k_whole_bytes_max = 2000;
  if (pattern.size() > k_whole_bytes_max) {
    pattern = pattern.substr(0, end_of_widest_group(pattern));
  }
  return engine_pattern(pattern);
}

using KeywordPlaces = std::map<std::string, std::size_t, std::less<>>;

// A rule's keywords are its author's word; what its matches are sure to hold is the pattern's.
void add_literals(const Rule& rule, std::uint32_t index, KeywordPlaces& places, PartPatterns& part) {
  const std::vector<std::string> literals = required_literals(rule.pattern, k_literal_bytes_min);
  if (literals.empty()) {
    part.untriggered.push_back(index);
  }
  for (const std::string& literal : literals) {
    const auto [place, added] = places.try_emplace(literal, part.triggers.size());
    if (added) {
      part.patterns.push_back({.expression = literal, .literal = true, .caseless = true});
      part.triggers.emplace_back();
    }
    part.triggers[place->second].rules.push_back(index);
  }
}

}  // namespace

Part part_of(const Rule& rule) {
  if (rule.kind == RuleKind::finding) {
    return Part::findings;
  }
  return rule.tier == 2 && rule.keywords.empty() ? Part::context : Part::always;
}

std::array<PartPatterns, k_parts> make_parts(std::span<const Rule> rules, std::uint32_t first,
                                             PatternForm form) {
  std::array<PartPatterns, k_parts> parts;
  std::array<KeywordPlaces, k_parts> places;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    const auto which = static_cast<std::size_t>(part_of(rules[i]));
    if (form == PatternForm::scalar) {
      add_literals(rules[i], first + i, places[which], parts[which]);
      continue;
    }
    parts[which].patterns.push_back(
        {.expression = for_engine(rules[i].pattern), .name = std::string(rules[i].id)});
    parts[which].triggers.push_back({Trigger::Kind::rules, {first + i}});
  }
  return parts;
}

void add_own_patterns(PartPatterns& part) {
  const auto add = [&](std::string_view literal, Trigger::Kind kind) {
    part.patterns.push_back({.expression = std::string(literal), .literal = true});
    part.triggers.push_back({kind, {}});
  };
  add("REDACTED-", Trigger::Kind::placeholder);
  for (const std::string_view begin : k_key_begins) {
    add(begin, Trigger::Kind::key_block);
  }
  for (const std::string_view home : k_homes) {
    add(home, Trigger::Kind::home);
  }
}

std::string pattern_digest(const std::vector<EnginePattern>& patterns) {
  bundle::Sha256 hash;
  for (const EnginePattern& pattern : patterns) {
    hash.update(fmt::format("{}{} {}\n", pattern.literal ? 'l' : 'p', pattern.caseless ? 'i' : '-',
                            pattern.expression.size()));
    hash.update(pattern.expression);
  }
  return hash.finish().hex();
}

}  // namespace sourceos::redact
