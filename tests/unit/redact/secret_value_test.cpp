#include "redact/secret_value.hpp"

#include <doctest/doctest.h>

#include "redact/confirm.hpp"

using namespace sourceos::redact;

TEST_CASE("obvious placeholders are told from values") {
  for (const std::string_view value :
       {"", "null", "true", "${X}", "$X", "%X%", "{{ x }}", "<token>", "[hidden]", "****", "xxxxxxxx", "changeme",
        "your-token-here", "REDACTED-token-0123456789ab", "/run/secrets/x", "op://vault/item", "00000000-0000-0000",
        "%d/db-password", "#{x}", "'$X'"}) {
    CHECK_MESSAGE(is_placeholder(value), value);
  }
  for (const std::string_view value : {"correct7horse", "p$4ab12", "a8Zk3pQx", "s3cr3t!"}) {
    CHECK_FALSE_MESSAGE(is_placeholder(value), value);
  }
}

TEST_CASE("identifiers that everyone may see are public") {
  CHECK(is_public_identifier("sha256:0123456789abcdef"));
  CHECK(is_public_identifier("123e4567-e89b-12d3-a456-426614174000"));
  CHECK(is_public_identifier("sha512-abc=="));
  CHECK_FALSE(is_public_identifier("a8Zk3pQx7TmW9rLc"));
}

TEST_CASE("words, paths and code look different from random strings") {
  CHECK(is_identifier("node-modules"));
  CHECK(is_identifier("getUserName"));
  CHECK_FALSE(is_identifier("a8Zk3pQx"));
  CHECK(is_code("config.password"));
  CHECK(is_code("get(x"));
  CHECK_FALSE(is_code("a8.Zk3"));
  CHECK(is_location("/etc/app/secrets.env"));
  CHECK(is_location("https://example.com/a"));
  CHECK_FALSE(is_location("aZ3/kQ9xT7mW2rLc5pYb"));
  CHECK(is_random("a8Zk3pQx7TmW9rLc", 16));
  CHECK_FALSE(is_random("node-modules-cache", 16));
}

TEST_CASE("entropy is counted in bits a character") {
  CHECK(entropy_per_character("aaaa") == doctest::Approx(0));
  CHECK(entropy_per_character("abcd") == doctest::Approx(2));
  CHECK(estimated_bits("abcd") == doctest::Approx(8));
}

TEST_CASE("a bracket inside of a password makes no call of it") {
  CHECK_FALSE(is_code("Ad0a3o" "(Mc5)c8"));
  CHECK(is_code("hash(password)"));
  CHECK(is_code("!response.includes("));
  CHECK_FALSE(is_location("zHAF75PW+/YbgLKD7/AEl4"));
}

TEST_CASE("brackets are balanced, torn or crossed") {
  CHECK(brackets_of("f(a[1])") == Brackets::balanced);
  CHECK(brackets_of("x)") == Brackets::torn);
  CHECK(brackets_of("{a") == Brackets::torn);
  CHECK(brackets_of("{a)b}") == Brackets::crossed);
}
