#include "redact/pattern_tree.hpp"

#include <doctest/doctest.h>

#include "redact/matcher.hpp"

#include <string>

using namespace sourceos::redact;

TEST_CASE("a pattern is rows of pieces with their repeats") {
  const auto rows = read_pieces("(?i)ab{2,3}|\\b(?P<part>x?|[^]y]{4})$");
  REQUIRE(rows.size() == 2);
  REQUIRE(rows[0].size() == 3);
  CHECK(rows[0][0].is_flags());
  CHECK(rows[0][2].min == 2);
  CHECK(rows[0][2].max == 3);
  REQUIRE(rows[1].size() == 3);
  CHECK(rows[1][0].is_assertion);
  REQUIRE(rows[1][1].is_group());
  CHECK(rows[1][1].alternatives[0][0].min == 0);
  CHECK(rows[1][1].alternatives[1][0].atom == "[^]y]");
}

TEST_CASE("an atom takes the bytes that its matcher takes") {
  for (const std::string atom : {"a", ".", "\\w", "\\W", "\\d", "\\D", "\\s", "\\S", "\\n", "\\t", "\\x41", "\\.", "\\\\",
                                 "[a-f0-9_-]", "[^a-z]", "[^]x]", "[]x]", "[\\w.-]", "[!#-&(-+./0-:=?-~-]", "[\\x80-\\xff]",
                                 "[\\]\\-\\^]"}) {
    CAPTURE(atom);
    const Matcher matcher(atom, 0);
    REQUIRE(matcher.check().has_value());
    const ByteSet bytes = bytes_of(atom);
    for (unsigned c = 0; c < 256; ++c) {
      const std::string text(1, static_cast<char>(c));
      Match match;
      const bool matches = matcher.find(text, 0, 1, match);
      CHECK((bytes[c] || !matches));
      CHECK((!bytes[c] || matches || c == '\n' || c == '\v'));  // told too much, which is no harm
    }
  }
}
