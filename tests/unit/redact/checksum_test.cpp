#include "redact/checksum.hpp"

#include <doctest/doctest.h>

using namespace sourceos::redact;

TEST_CASE("CRC-32 gives the check value of its catalogue") {
  CHECK(crc32("123456789") == 0xcbf43926U);
  CHECK(crc32("") == 0U);
}

TEST_CASE("a GitHub token carries the checksum of its body") {
  const std::string body(30, 'a');
  CHECK(has_github_checksum("ghp_" + body + crc32_base62(body)));
  CHECK_FALSE(has_github_checksum("ghp_" + body + "000000"));
  CHECK_FALSE(has_github_checksum("ghp_"));
}

TEST_CASE("Luhn takes test numbers of cards and refuses a wrong digit") {
  CHECK(has_luhn_checksum("4111 1111 1111 1111"));
  CHECK_FALSE(has_luhn_checksum("4111 1111 1111 1112"));
  CHECK_FALSE(has_luhn_checksum("0"));
}

TEST_CASE("base64 is read in both alphabets, with and without padding (RFC 4648)") {
  CHECK(base64_any("Zm9vYmE=") == "fooba");
  CHECK(base64_any("Zm9vYmE") == "fooba");
  CHECK(base64_any("-_-_") == base64_any("+/+/"));
  CHECK_FALSE(base64_any("Zm9v YmE").has_value());
  CHECK(base64_text("fooba") == "Zm9vYmE=");
}

TEST_CASE("a JWT is two JSON objects") {
  CHECK(has_jwt_structure(base64url("{\"alg\":1}") + "." + base64url("{\"sub\":1}") + ".x"));
  CHECK_FALSE(has_jwt_structure("a.b.c"));
  CHECK_FALSE(has_jwt_structure("none"));
}
