#include "redact/shadow_text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sourceos::redact;

namespace {

std::string shadow(std::string_view line) { return make_shadow(line).text; }

}  // namespace

TEST_CASE("escapes and entities are read") {
  CHECK(shadow("p\\u0061ss\\x77ord") == "password");
  CHECK(shadow("a\\u{62}c%64%2E&amp;&#101;&#x66;&quot;") == "abcd.&ef\"");
  CHECK(shadow("100% \\q &none; %zz") == "100% \\q &none; %zz");
}

TEST_CASE("what a terminal does not show is left out") {
  CHECK(shadow("se\x1B[31mcr\x1B[0met \x1B]0;title\x07now") == "secret now");
  CHECK(shadow("pasx\bs") == "pass");
  CHECK(shadow("over\rdone") == "over\ndone");
  CHECK(shadow("to\xC2\xADk\xE2\x80\x8B" "en\xEF\xBB\xBF") == "token");
}

TEST_CASE("full-width letters are folded and broken lines joined") {
  CHECK(shadow("\xEF\xBD\x8B\xEF\xBD\x85\xEF\xBD\x99") == "key");
  CHECK(shadow("pass\\\n    word") == "password");
}

TEST_CASE("UTF-16 is made narrow, and says how a placeholder is to be written") {
  const std::string little("k\0e\0y\0", 6);
  CHECK(shadow(little) == "key");
  CHECK(make_shadow(little).shape == Shape::wide_little);
  CHECK(make_shadow(std::string("\0k\0e\0y", 6)).shape == Shape::wide_big);
  CHECK(make_shadow(little).source[1].from == 2);
  CHECK(make_shadow(little).source[1].to == 4);
}

TEST_CASE("each byte knows where it came from") {
  const ShadowText text = make_shadow("a\\u0062c");
  REQUIRE(text.text == "abc");
  CHECK(text.changed);
  CHECK(text.source[1].from == 1);
  CHECK(text.source[1].to == 7);
  CHECK(text.source[2].from == 7);
  CHECK_FALSE(make_shadow("plain").changed);
}

TEST_CASE("a byte that hides nothing is no reason to look") {
  CHECK(hides_text("%41", 0));
  CHECK_FALSE(hides_text("% 41", 0));
  CHECK_FALSE(hides_text("\r\n", 0));
  CHECK(hides_text("\rx", 0));
  CHECK_FALSE(hides_text("\\d", 0));
}
