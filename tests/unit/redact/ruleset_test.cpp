#include "redact/ruleset.hpp"

#include "pipeline_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace sourceos;
using namespace sourceos::redact;

namespace {

const Ruleset& ruleset() {
  static const auto rules = Ruleset::create(tests::pipeline_options()).value();
  return *rules;
}

NamedText own_rule(std::string_view id, std::string_view pattern) {
  return {"own.toml", "[[rule]]\nid = \"" + std::string(id) +
                          "\"\ndescription = \"Ours\"\nclass = \"token\"\npattern = '" +
                          std::string(pattern) + "'\nkeywords = [\"zyx_\"]\nexamples = [\"zyx_abcdefgh\"]\n"};
}

PipelineOptions with_rules(std::vector<NamedText> files) {
  PipelineOptions options = tests::pipeline_options();
  options.rule_files = std::move(files);
  return options;
}

bool starts(const Ruleset& rules, std::string_view id, std::string_view text) {
  Engine::Scratch scratch;
  REQUIRE(rules.fit(scratch));
  std::vector<Event> events;
  return std::ranges::any_of(k_every_part, [&](Part part) {
    events.clear();
    CHECK(rules.scan(part, text, 0, 0, scratch, events).ok);
    return std::ranges::any_of(events, [&](const Event& event) {
      return std::ranges::any_of(rules.triggers(part)[event.pattern].rules, [&](const auto& start) {
        return rules.rules()[start.rule].id == id;
      });
    });
  });
}

}  // namespace

TEST_CASE("the built-in rules need no compiling") {
  CHECK(ruleset().cached());
  CHECK_FALSE(ruleset().degraded());
  CHECK(ruleset().engine_name() == Engine::library());
}

TEST_CASE("rules of a file run beside the built-in ones") {
  const auto rules = Ruleset::create(with_rules({own_rule("own.zyx", "zyx_[a-z]{8}")}));
  REQUIRE(rules.has_value());
  CHECK((*rules)->rules().size() == builtin_rules().size() + 1);
  CHECK(starts(**rules, "own.zyx", "here: zyx_abcdefgh"));
  CHECK(starts(**rules, "github.token", "here: " + tests::github_token()));
  CHECK((*rules)->digest() != ruleset().digest());
}

TEST_CASE("a rule that exists already, or does not compile, is named") {
  const auto twice = Ruleset::create(with_rules({own_rule("github.token", "zyx_[a-z]{8}")}));
  REQUIRE_FALSE(twice.has_value());
  CHECK(twice.error().reason == "rule-duplicate");
  const auto bad = Ruleset::create(with_rules({own_rule("own.bad", "zyx_[a-z{8}")}));
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().message.find("own.toml") != std::string::npos);
}

TEST_CASE("a rule that is switched off is another rule set, and must exist") {
  PipelineOptions options = tests::pipeline_options();
  options.disabled_rules = {"github.token"};
  const auto rules = Ruleset::create(options);
  REQUIRE(rules.has_value());
  CHECK((*rules)->digest() != ruleset().digest());
  options.disabled_rules = {"no-such-rule"};
  CHECK(Ruleset::create(options).error().reason == "rule-unknown");
}

TEST_CASE("the scalar path has a trigger or a place of its own for every rule") {
  PipelineOptions options = tests::pipeline_options();
  options.scalar = true;
  const auto rules = Ruleset::create(options).value();
  CHECK(rules->engine_name() == "scalar");
  std::vector<bool> reached(rules->rules().size(), false);
  for (const Part part : k_every_part) {
    for (const Trigger& trigger : rules->triggers(part)) {
      for (const TriggeredRule& rule : trigger.rules) {
        reached[rule.rule] = true;
      }
    }
    for (const auto rule : rules->untriggered(part)) {
      reached[rule] = true;
    }
  }
  CHECK(std::ranges::find(reached, false) == reached.end());
}

// An engine that misses a match leaks a secret: every rule's examples, at many places of memory.
TEST_CASE("the engine finds every example of every rule wherever it lies") {
  Engine::Scratch scratch;
  REQUIRE(ruleset().fit(scratch));
  std::vector<std::vector<std::uint32_t>> triggers_of(ruleset().rules().size());
  for (const Part part : k_every_part) {
    const auto& triggers = ruleset().triggers(part);
    for (std::uint32_t i = 0; i < triggers.size(); ++i) {
      for (const TriggeredRule& start : triggers[i].rules) {
        triggers_of[start.rule].push_back(i);
      }
    }
  }
  std::string text;
  std::vector<Event> events;
  for (std::size_t i = 0; i < ruleset().rules().size(); ++i) {
    const Rule& rule = ruleset().rules()[i];
    for (const std::string_view example : rule.examples) {
      const std::string spelled = "\n" + expand_example(example, 1).text + "\n";
      for (std::size_t before = 0; before < 200; before += 11) {
        text.assign(before, before % 2 == 0 ? '\n' : 'x');
        text += spelled + std::string(200, ' ');
        events.clear();
        CHECK(ruleset().scan(part_of(rule), text, 0, 0, scratch, events).ok);
        const bool found = std::ranges::any_of(events, [&](const Event& event) {
          return std::ranges::find(triggers_of[i], event.pattern) != triggers_of[i].end();
        });
        CHECK_MESSAGE(found, rule.id << " after " << before);
      }
    }
  }
}
