#include <doctest/doctest.h>

#include "redact/structured/tree_judge.hpp"
#include "structured_support.hpp"

using namespace sourceos;
using namespace sourceos::redact;

TEST_CASE("only options that take a secret make the next argument one") {
  CHECK(takes_secret("--password"));
  CHECK(takes_secret("-api-token"));
  for (const char* option : {"--password-file", "--port", "-p", "password", "--pa" "ssword=x", "--token-type"}) {
    CHECK_MESSAGE(!takes_secret(option), option);
  }
}

TEST_CASE("an assignment names where its secret begins") {
  std::string_view klass;
  CHECK(secret_part(tests::spelled("DB_PASSWORD=<1>"), klass) == 12);
  CHECK(klass == "password");
  CHECK(secret_part(tests::spelled("--db-password=<1>"), klass) == 14);
  for (const char* text : {"PATH=/bin", "=x", "DB_PASSWORD", "DB_PASS" "WORD=", "DB_PASSWORD=${X}", "a b=c"}) {
    CHECK_MESSAGE(secret_part(text, klass) == std::string_view::npos, text);
  }
}

TEST_CASE("a tree that is too deep is refused, not cut") {
  TreeJudge judge;
  for (std::size_t level = 0; level < k_tree_depth_max; ++level) {
    REQUIRE(judge.open(true));
  }
  CHECK_FALSE(judge.open(true));
}
