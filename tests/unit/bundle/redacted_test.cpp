#include "bundle/redacted.hpp"

#include <type_traits>

#include <doctest/doctest.h>

#include "bundle/digest.hpp"
#include "tests/unit/bundle/make_redacted.hpp"

using namespace sourceos;
using namespace sourceos::bundle;

TEST_CASE("run-time text is no redacted text") {
  CHECK_FALSE(std::is_constructible_v<RedactedText, std::string>);
  CHECK_FALSE(std::is_constructible_v<RedactedText, std::string_view>);
  CHECK_FALSE(std::is_constructible_v<RedactedText, const char*>);
  CHECK_FALSE(std::is_default_constructible_v<Redacted>);
  CHECK_FALSE(std::is_constructible_v<RedactedBlock, std::string_view>);
  CHECK_FALSE(std::is_constructible_v<RedactedJson, std::string>);
}

TEST_CASE("words of the program, numbers and digests are redacted text") {
  RedactedText text(Literal("git/head-"));
  text += RedactedText::number(42);
  CHECK(text.str() == "git/head-42");
  CHECK(RedactedText::digest_hex(sha256("abc")).str() == sha256("abc").hex());
}

TEST_CASE("a placeholder that was there before is no hit") {
  RedactionRecord record;
  record.foreign = 3;
  CHECK_FALSE(record.has_hit());
  record.known = 1;
  CHECK(record.has_hit());
}
