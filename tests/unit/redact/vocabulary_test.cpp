#include "redact/vocabulary.hpp"

#include <doctest/doctest.h>

using namespace sourceos::redact;

TEST_CASE("common words and names of tools and accounts say nothing about anybody") {
  for (const char* word : {"admin", "Admin", "debian", "podman", "password", "localhost"}) {
    CAPTURE(word);
    CHECK(is_vocabulary(word));
  }
}

TEST_CASE("a name is no common word") {
  for (const char* word : {"marlowe7", "quillback3", "", "xq"}) {
    CAPTURE(word);
    CHECK_FALSE(is_vocabulary(word));
  }
}

TEST_CASE("accounts that every machine has are common") {
  CHECK(is_common_account("postgres"));
  CHECK_FALSE(is_common_account("jdoe"));
}
