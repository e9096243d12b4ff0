#include "redact/ruleset_parts.hpp"

#include "bundle/digest.hpp"
#include "redact/engine_pattern.hpp"

#include <map>
#include <string_view>
#include <tuple>

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

// Which trigger a literal has already.
using Places = std::map<std::tuple<std::string_view, bool, bool>, std::size_t>;

void add_anchors(const Rule& rule, std::uint32_t index, Places& places, PartPatterns& part) {
  for (const RuleAnchor& anchor : rule.anchors) {
    const std::tuple key(anchor.bytes, anchor.word_begin, anchor.word_end);
    const auto [place, added] = places.try_emplace(key, part.triggers.size());
    if (added) {
      part.patterns.push_back({.expression = std::string(anchor.bytes),
                               .literal = true,
                               .caseless = true,
                               .word_begin = anchor.word_begin,
                               .word_end = anchor.word_end});
      part.triggers.emplace_back();
    }
    part.triggers[place->second].rules.push_back(
        {index, anchor.offset_max + static_cast<std::uint32_t>(anchor.bytes.size()),
         anchor.offset_min == anchor.offset_max});
  }
}

bool has_anchors(const Rule& rule) {
  constexpr float k_cost_max = 1e-2F;  // above it stands on every other line
  return !rule.anchors.empty() && rule.anchor_cost <= k_cost_max;
}

bool has_run(const Rule& rule) {
  constexpr float k_cheap = 2e-5F;  // rare anchors are better than lines about the match's own
  if (rule.token_run < k_token_run_bytes) {
    return false;
  }
  return !rule.newline || (rule.width_max <= k_run_near_bytes && !(has_anchors(rule) && rule.anchor_cost <= k_cheap));
}

}  // namespace

Part part_of(const Rule& rule) {
  if (rule.tier == 2 && rule.keywords.empty() && rule.kind == RuleKind::secret) {
    return Part::context;
  }
  return has_run(rule) ? Part::runs : has_anchors(rule) ? Part::anchors : Part::always;
}

std::array<PartPatterns, k_parts> make_parts(std::span<const Rule> rules, std::uint32_t first,
                                             PatternForm form) {
  std::array<PartPatterns, k_parts> parts;
  std::array<Places, k_parts> places;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules[i];
    Part part = part_of(rule);
    if (form == PatternForm::scalar && part != Part::context) {
      part = rule.anchors.empty() ? Part::always : Part::anchors;
    }
    const auto which = static_cast<std::size_t>(part);
    if (part == Part::anchors || (form == PatternForm::scalar && !rule.anchors.empty())) {
      add_anchors(rule, first + i, places[which], parts[which]);
    } else if (form == PatternForm::scalar) {
      parts[which].untriggered.push_back(first + i);
    } else {
      parts[which].patterns.push_back(
          {.expression = for_engine(rule.pattern), .name = std::string(rule.id)});
      parts[which].triggers.push_back({Trigger::Kind::rules, {{first + i, rule.width_max, false}}});
    }
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
