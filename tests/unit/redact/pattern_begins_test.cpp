#include "redact/pattern_begins.hpp"

#include <doctest/doctest.h>

using namespace sourceos::redact;

TEST_CASE("the begins of all alternatives are told, in either case") {
  const auto texts = word_begins_of(R"((?i)\b(?:shodan|wpe(?:ngine)?|app_?center)[a-z]{0,9}=)");
  REQUIRE(texts);
  CHECK((*texts == std::set<std::string>{"app\x7F" "cent", "appcente", "shodan", "wpe"}));
  const WordBegins begins(*texts);
  for (const char* text : {"shodan", "SHODAN_", "wpe", "WPE=12345", "app_center", "appcenter"}) {
    CHECK(begins.has(text));
  }
  for (const char* text : {"shoda", "hodan", "wp", "", "apps", "app-center", "appcent"}) {
    CHECK_FALSE(begins.has(text));
  }
}

TEST_CASE("repeats and classes are followed") {
  const auto texts = word_begins_of(R"(\b[ab]{2}x?(?:12|3)+\.)");
  REQUIRE(texts);
  const WordBegins begins(*texts);
  for (const char* text : {"abx12.", "ba12.", "aa3.", "aa33.", "bbx33333333333."}) {
    CHECK(begins.has(text));
  }
  for (const char* text : {"abc1", "ab1x.", "bax.", "aa."}) {
    CHECK_FALSE(begins.has(text));
  }
}

TEST_CASE("of too many texts the begins are told") {
  const auto texts = word_begins_of(R"(\b(?:abc|xyz)(?:[ .,;:-]{5}|[a-z]+)=)");
  REQUIRE(texts);
  CHECK((*texts == std::set<std::string>{"abc", "xyz"}));
  const auto cut = word_begins_of(R"(\babc[ .,;:-]{5}=)");
  REQUIRE(cut);
  CHECK(WordBegins(*cut).has("abc;:.,;="));
  CHECK_FALSE(WordBegins(*cut).has("abd;:.,;="));
}

TEST_CASE("nothing is told of what may begin within a word, with any byte, or be short") {
  CHECK_FALSE(word_begins_of("token=.{8}"));
  CHECK_FALSE(word_begins_of(R"((?:\btoken|x)=.{8})"));
  CHECK_FALSE(word_begins_of(R"(\b-token=)"));
  CHECK_FALSE(word_begins_of(R"(\bab)"));
  CHECK_FALSE(word_begins_of(R"(\babcd|\b..)"));
  CHECK_FALSE(word_begins_of(R"(\b\w{4}|\btokens)"));
}
