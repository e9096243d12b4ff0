#include "redact/ruleset_parts.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace sourceos;
using namespace sourceos::redact;

namespace {

Rule rule_of(std::string_view id, std::string_view pattern,
             std::span<const std::string_view> keywords = {}) {
  Rule rule;
  rule.id = id;
  rule.pattern = pattern;
  rule.keywords = keywords;
  return rule;
}

constexpr std::string_view k_words[] = {"token", "secret"};

}  // namespace

TEST_CASE("each rule has one pattern in the part that it belongs to") {
  std::vector<Rule> rules = {rule_of("a", "a(?P<secret>b{3})", k_words), rule_of("b", "bbb"),
                             rule_of("c", "ccc")};
  rules[1].tier = 2;
  rules[2].kind = RuleKind::finding;
  const auto parts = make_parts(rules, 10, PatternForm::vector);
  const auto part = [&](Part which) { return parts[static_cast<std::size_t>(which)]; };
  REQUIRE(part(Part::always).patterns.size() == 1);
  CHECK(part(Part::always).patterns[0].expression.find("?P<") == std::string::npos);
  CHECK(part(Part::always).triggers[0].rules == std::vector<std::uint32_t>{10});
  CHECK(part(Part::context).triggers[0].rules == std::vector<std::uint32_t>{11});
  CHECK(part(Part::findings).triggers[0].rules == std::vector<std::uint32_t>{12});
}

TEST_CASE("the scalar form asks for what matches are sure to hold, once each, whatever keywords say") {
  const std::vector<Rule> rules = {rule_of("a", "(?i)token|secret"),
                                   rule_of("b", "my-(?:token|secret)"),
                                   rule_of("c", "[a-z]{3}", k_words)};
  const auto parts = make_parts(rules, 0, PatternForm::scalar);
  CHECK(std::ranges::all_of(parts[0].patterns, &EnginePattern::caseless));
  const auto token = std::ranges::find(parts[0].patterns, "token", &EnginePattern::expression);
  REQUIRE(token != parts[0].patterns.end());
  CHECK(std::ranges::count(parts[0].patterns, "token", &EnginePattern::expression) == 1);
  CHECK(parts[0].untriggered == std::vector<std::uint32_t>{2});
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
