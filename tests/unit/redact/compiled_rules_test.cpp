#include "redact/compiled_rules.hpp"

#include "redact/ruleset_parts.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::redact;

TEST_CASE("every part of the built-in rules was compiled with the program") {
  auto parts = make_parts(builtin_rules(), 0, PatternForm::vector);
  add_own_patterns(parts.front());
  for (const PartPatterns& part : parts) {
    const std::string bytes = find_compiled_rules(pattern_digest(part.patterns));
    REQUIRE_FALSE(bytes.empty());
    CHECK(Engine::load(bytes).has_value());
  }
}

TEST_CASE("patterns that were not compiled with the program are not found") {
  CHECK(find_compiled_rules("").empty());
  CHECK(find_compiled_rules(pattern_digest({{.expression = "mine"}})).empty());
}
