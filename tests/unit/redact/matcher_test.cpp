#include "redact/matcher.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace sourceos;
using namespace sourceos::redact;

TEST_CASE("the leftmost match and its secret are found within the window") {
  const Matcher matcher("key=([a-z]{2,5})", 1);
  const std::string text = "key=ab key=cdefgh";
  Match match;
  REQUIRE(matcher.find(text, 0, text.size(), match));
  CHECK(text.substr(match.secret_from, match.secret_to - match.secret_from) == "ab");
  REQUIRE(matcher.find(text, 1, text.size(), match));
  CHECK(match.from == 7);
  CHECK(text.substr(match.secret_from, match.secret_to - match.secret_from) == "cdefg");
  CHECK_FALSE(matcher.find(text, 8, text.size(), match));
  CHECK_FALSE(matcher.find(text, 1, 12, match));
}

TEST_CASE("what lies outside the window is context for word boundaries") {
  const Matcher matcher("\\bab\\b", 0);
  Match match;
  CHECK(matcher.find("-ab-", 1, 3, match));
  CHECK_FALSE(matcher.find("xab-", 1, 3, match));
  CHECK_FALSE(matcher.find("-abx", 1, 3, match));
}

TEST_CASE("a secret in a branch that did not match is the whole match") {
  const Matcher matcher("aa(b)?c", 1);
  Match match;
  REQUIRE(matcher.find("aac", 0, 3, match));
  CHECK(match.secret_from == 0);
  CHECK(match.secret_to == 3);
}

TEST_CASE("any bytes are looked at, and a bad pattern says so") {
  const Matcher matcher("\\xff[^a]b", 0);
  Match match;
  CHECK(matcher.check().has_value());
  CHECK(matcher.find(std::string_view("\0\xFF\0b", 4), 0, 4, match));
  const Matcher bad("(a", 0);
  REQUIRE_FALSE(bad.check().has_value());
  CHECK(bad.check().error().reason == "rule-pattern");
  CHECK_FALSE(bad.find("aaa", 0, 3, match));
}

TEST_CASE("a match can be asked for at one place") {
  const Matcher matcher("\\bab+", 0);
  Match match;
  CHECK(matcher.find_at("x abb", 2, 5, match));
  CHECK(match.to == 5);
  CHECK_FALSE(matcher.find_at("x abb", 1, 5, match));
  CHECK_FALSE(matcher.find_at("xabb", 1, 4, match));  // what stands before is context
}
