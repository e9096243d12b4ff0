#include "redact/pattern.hpp"

#include <doctest/doctest.h>

using namespace sourceos::redact;

TEST_CASE("a pattern tells how wide its matches are") {
  const PatternFacts facts = read_pattern("ab[0-9]{2,4}(?:x|yz)?").value();
  CHECK(facts.width_min == 4);
  CHECK(facts.width_max == 8);
  CHECK(facts.literal_min == 2);
}

TEST_CASE("the group named secret is counted among all groups") {
  CHECK(read_pattern("(a)(?:b)(?P<secret>c)").value().secret_group == 2);
  CHECK(read_pattern("abc").value().secret_group == 0);
}

TEST_CASE("the surest literal is that of the poorest branch") {
  CHECK(read_pattern("abcd|xy").value().literal_min == 2);
  CHECK(read_pattern("(?:abcd)?z").value().literal_min == 1);
  CHECK(read_pattern("gh[pous]_[a-z]{3}").value().literal_min == 4);
}

TEST_CASE("what has no bound or is not in both libraries is refused where it stands") {
  const auto fault = [](std::string_view pattern) { return read_pattern(pattern).error(); };
  CHECK(fault("ab*").reason == "rule-unbounded");
  CHECK(fault("ab*").at == 2);
  CHECK(fault("a{2,}").reason == "rule-unbounded");
  CHECK(fault("a+").reason == "rule-unbounded");
  CHECK(fault("(?=a)").reason == "rule-pattern");
  CHECK(fault("(a)\\1").reason == "rule-pattern");
  CHECK(fault("a{1001}").reason == "rule-pattern");
  CHECK(fault("(a").reason == "rule-pattern");
  CHECK(fault("a)").reason == "rule-pattern");
  CHECK(fault("[a").reason == "rule-pattern");
  CHECK(fault("^a").reason == "rule-pattern");
  CHECK(fault("\\").reason == "rule-pattern");
  CHECK(fault("a(?i)?").at == 5);
  CHECK(fault("a(?i){2}").reason == "rule-pattern");
  CHECK(fault(std::string(200, '(')).reason == "rule-pattern");
}
