#include "redact/ruleset_parts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace sourceos;
using namespace sourceos::redact;

namespace {

std::string block(std::string_view id, std::string_view pattern, int tier) {
  std::string text = "[[rule]]\nid = \"" + std::string(id) + "\"\ndescription = \"x\"\nclass = \"token\"\npattern = '" +
                     std::string(pattern) + "'\nexamples = [\"x\"]\ntier = " + std::to_string(tier) + "\n";
  return text + (tier == 1 ? "keywords = [\"zyx_\"]\n" : "");
}

RuleFile rules_of(std::string_view pattern, int tier) {
  return parse_rule_file(block("own.rule", pattern, tier), "own.toml").value();
}

}  // namespace

TEST_CASE("a rule is looked for where its matches' needs stand") {
  const auto part_for = [](std::string_view pattern, int tier) {
    RuleFile file = rules_of(pattern, tier);
    return part_of(file.rules().front());
  };
  CHECK(part_for("zyx_[a-z0-9]{20}", 1) == Part::runs);
  CHECK(part_for("zyx_[a-z0-9]{20}", 2) == Part::context);
  CHECK(part_for("zyx_[a-z.]{20}", 1) == Part::anchors);
  CHECK(part_for("[a-z]{3}:[a-z]{3}", 2) == Part::context);
  RuleFile nothing_sure = parse_rule_file(block("own.rule", "[a-z]{3}:[a-z]{3}", 2) + "keywords = ['ab']\n", "own.toml").value();
  CHECK(part_of(nothing_sure.rules().front()) == Part::always);
}

TEST_CASE("a match may begin as far before its anchor as the pattern says") {
  const RuleFile file = rules_of("ab=zyx_[a-z.]{20}|[0-9]{2,4}:wvuq;", 1);
  const auto parts = make_parts(file.rules(), 10, PatternForm::vector);
  const PartPatterns& part = parts[static_cast<std::size_t>(Part::anchors)];
  REQUIRE(part.patterns.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const TriggeredRule& start = part.triggers[i].rules.front();
    const bool first = part.patterns[i].expression.find('z') != std::string::npos;
    CHECK(start.rule == 10);
    CHECK(start.exact == first);
    CHECK(start.reach == (first ? 7 : 4 + part.patterns[i].expression.size()));
  }
}

TEST_CASE("every built-in rule has its place, and none runs everywhere") {
  for (const Rule& rule : builtin_rules()) {
    CHECK_MESSAGE(part_of(rule) != Part::always, rule.id);
  }
}

TEST_CASE("the scalar form looks for anchors, once each, and for the rest everywhere") {
  const RuleFile file = parse_rule_file(
      block("a", "(?i)zyx_token[a-z.]", 1) + block("b", "zyx_token=[a-z]{20}", 1) + block("c", "[a-z]{3}[0-9]{3}", 2),
      "own.toml").value();
  const auto parts = make_parts(file.rules(), 0, PatternForm::scalar);
  const PartPatterns& part = parts[static_cast<std::size_t>(Part::anchors)];
  CHECK(std::ranges::all_of(part.patterns, &EnginePattern::caseless));
  CHECK(std::ranges::count(part.patterns, "zyx_token", &EnginePattern::expression) == 1);
  CHECK(parts[static_cast<std::size_t>(Part::context)].untriggered == std::vector<std::uint32_t>{2});
}

TEST_CASE("what is looked for beside rules has triggers of its own") {
  PartPatterns part;
  add_own_patterns(part);
  CHECK(part.patterns.size() == part.triggers.size());
  for (const auto kind : {Trigger::Kind::placeholder, Trigger::Kind::key_block, Trigger::Kind::home}) {
    CHECK(std::ranges::find(part.triggers, kind, &Trigger::kind) != part.triggers.end());
  }
}

TEST_CASE("another pattern, order or flag is another set") {
  const std::vector<EnginePattern> patterns = {{.expression = "ab"}, {.expression = "c"}};
  const std::string digest = pattern_digest(patterns);
  CHECK(pattern_digest({{.expression = "a"}, {.expression = "bc"}}) != digest);
  CHECK(pattern_digest({{.expression = "c"}, {.expression = "ab"}}) != digest);
  CHECK(pattern_digest({{.expression = "ab", .literal = true}, {.expression = "c"}}) != digest);
  CHECK(pattern_digest({{.expression = "ab"}, {.expression = "c", .caseless = true}}) != digest);
  CHECK(pattern_digest({{.expression = "ab", .name = "n"}, {.expression = "c"}}) == digest);
}
