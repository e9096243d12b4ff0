#include "redact/engine_pattern.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "redact/engine.hpp"
#include "redact/matcher.hpp"
#include "redact/rules.hpp"

using namespace sourceos::redact;

TEST_CASE("what may vary at the end is cut to its least") {
  CHECK(engine_pattern("ab_[a-z]{8,40}") == "ab_[a-z]{8}");
  CHECK(engine_pattern("ab_[a-z]{8,40}\\b") == "ab_[a-z]{8}");
  CHECK(engine_pattern("ab_[a-z]{8}(?:=|%3[dD])?[0-9]{0,4}") == "ab_[a-z]{8}");
  CHECK(engine_pattern("(?i)key=(?P<secret>[^ ]{3,20})") == "(?i)key=(?:[^ ]{3})");
  CHECK(engine_pattern("a(?:b{1,3}|c{2,9}d?)") == "a(?:b|c{2})");
  CHECK(engine_pattern("x[a-z]{200,300}") == "x[a-z]{64}");
}

TEST_CASE("what is fixed, and what stands before, stays") {
  CHECK(engine_pattern("\\bab[0-9a-f]{40}\\b") == "\\bab[0-9a-f]{40}\\b");
  CHECK(engine_pattern("a{2,90}b|c?d") == "a{2,90}b|c{0,1}d");
  CHECK(engine_pattern("a.{0,20}?b") == "a.{0,20}b");
  CHECK(engine_pattern("(?:ab){2}") == "(?:ab){2}");
  CHECK(engine_pattern("(?i:ab)[^]x]\\x41\\]") == "(?i:ab)[^]x]\\x41\\]");
}

TEST_CASE("a pattern of which nothing would be left stays whole") {
  CHECK(engine_pattern("(?:a{0,3})b?") == "(?:a{0,3})b{0,1}");
}

TEST_CASE("each match of a built-in rule holds an end of what the engine gets") {
  for (const Rule& rule : builtin_rules()) {
    const Matcher whole(rule.pattern, 0);
    const std::string cut = engine_pattern(rule.pattern);
    const Matcher trimmed(cut, 0);
    CHECK_MESSAGE(trimmed.check().has_value(), rule.id);
    for (const std::string_view example : rule.examples) {
      const std::string text = "\n" + expand_example(example, 2).text + "\n";
      Match match;
      Match inside;
      if (whole.find(text, 0, text.size(), match)) {
        // The shortest end is the engine's first: try from the match's begin to each end.
        bool found = false;
        for (std::size_t to = match.from + 1; to <= match.to && !found; ++to) {
          found = trimmed.find(text, match.from, to, inside);
        }
        CHECK_MESSAGE(found, rule.id);
      }
    }
  }
}
