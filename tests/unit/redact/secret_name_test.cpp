#include "redact/secret_name.hpp"

#include <doctest/doctest.h>

#include "redact/confirm.hpp"

using namespace sourceos::redact;

TEST_CASE("a name's class does not depend on how its words are joined") {
  for (const std::string_view name : {"DB_PASSWORD", "dbPassword", "db-password", "db.password", "PGPASSWORD"}) {
    CHECK_MESSAGE(class_of_name(name) == "password", name);
  }
  for (const std::string_view name : {"API_KEY", "apiKey", "x-api-key", "apikey", "secret_access_key"}) {
    CHECK_MESSAGE(class_of_name(name) == "api-key", name);
  }
  CHECK(class_of_name("accessToken") == "token");
  CHECK(class_of_name("client_secret") == "secret");
}

TEST_CASE("a name that tells about a secret holds none") {
  for (const std::string_view name :
       {"PASSWORD_FILE", "secretName", "token_type", "tokenizer", "max_tokens", "key_id", "public_key", "primaryKey",
        "nextToken", "password_policy", "bypass", "pass-through", "PassThrough", "monkey", "author", "keyboard", "passwordEncryption", "publicKeyToken",
        "publicToken", "schemaKey", "validKeyChars", "dev.credentials.url", "io.jsonwebtoken"}) {
    CHECK_MESSAGE(class_of_name(name).empty(), name);
  }
}

TEST_CASE("words that only may name a secret are weak") {
  CHECK(meaning_of_name("my_key").strength == NameStrength::weak);
  CHECK(meaning_of_name("salt").strength == NameStrength::weak);
  CHECK(meaning_of_name("key_wrap").strength == NameStrength::faint);
  CHECK(meaning_of_name("").strength == NameStrength::none);
}
