#include "redact/compiled_rules.hpp"

#include "redact/ruleset_parts.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::redact;

TEST_CASE("every part of the built-in rules that needs an engine was compiled with the program") {
  const auto parts = make_parts(builtin_rules(), 0, PatternForm::vector);
  for (const Part which : {Part::runs, Part::context}) {
    const PartPatterns& part = parts[static_cast<std::size_t>(which)];
    const std::string_view bytes = find_compiled_rules(pattern_digest(part.patterns));
    REQUIRE_FALSE(bytes.empty());
    CHECK(Engine::load(bytes).has_value());
  }
}

TEST_CASE("patterns that were not compiled with the program are not found") {
  CHECK(find_compiled_rules("").empty());
  CHECK(find_compiled_rules(pattern_digest({{.expression = "mine"}})).empty());
}
