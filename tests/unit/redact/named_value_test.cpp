#include "redact/named_value.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sourceos::redact;

namespace {

const std::string k_dotted = std::string("granite") + ".DDuuZGz";

bool is_secret(Assignment found, std::string_view name, std::string_view value) {
  found.name = name;
  return is_secret_under(meaning_of_name(name), found, value);
}

}  // namespace

TEST_CASE("behind the sign of an environment no code stands") {
  CHECK(is_secret({.joint = Joint::equals}, "DB_PASSWORD", k_dotted));
  CHECK(is_secret({.joint = Joint::equals}, "DB_PASSWORD", "winter" ".summer"));
  CHECK_FALSE(is_secret({.joint = Joint::equals, .spaced = true}, "password", "user.password"));
  CHECK_FALSE(is_secret({.joint = Joint::equals}, "password", "config.password"));
}

TEST_CASE("what stands in words behind a name is a secret when no word looks like it") {
  CHECK(is_secret({.joint = Joint::words}, "password", "Oyp" "KKf" "pkxUGwV"));
  CHECK_FALSE(is_secret({.joint = Joint::words}, "password", "XMLHttpRequest"));
  CHECK_FALSE(is_secret({.joint = Joint::words}, "password", "Kerberos"));
  CHECK_FALSE(is_secret({.joint = Joint::equals}, "Sec-WebSocket-Key", "dGhlIHNhbXBs" "ZSBub25jZQ=="));
}

TEST_CASE("a verdict or a word is not what `pass` holds, scrambled letters are") {
  CHECK(is_secret({.joint = Joint::equals}, "pass", "RdCCKK" "HrNQtyJR"));
  CHECK_FALSE(is_secret({.joint = Joint::equals}, "pass", "granted"));
  CHECK_FALSE(is_secret({.joint = Joint::equals}, "pass", "renderColor"));
}

TEST_CASE("a setter takes a value, a look-up takes a name") {
  const Assignment call{.joint = Joint::argument, .quoting = Quoting::quoted};
  CHECK(is_secret(call, "setPassword", "rocket-" "zephyr-03"));
  CHECK_FALSE(is_secret(call, "getPassword", "rocket-" "zephyr-03"));
}

TEST_CASE("a name that is handed on is no value") {
  CHECK_FALSE(is_secret({.joint = Joint::colon, .quoting = Quoting::quoted}, "MasterUserPassword", "MasterUserPassword"));
  CHECK_FALSE(is_secret({.joint = Joint::equals}, "self.db_password", "dbPassword"));
  CHECK_FALSE(is_secret({.joint = Joint::equals, .quoting = Quoting::quoted}, "SN_id_Gost28147_KeyMeshing", "id-Gost28147-KeyMeshing"));
  CHECK(is_secret({.joint = Joint::colon, .quoting = Quoting::quoted}, "db_password", "dbPassword" "7x"));
}

TEST_CASE("members of things are told from words with dots") {
  CHECK(is_dotted("river" ".x7"));
  CHECK_FALSE(is_dotted("self.value"));
  CHECK_FALSE(is_dotted("db.password"));
}

TEST_CASE("names of functions in markup are no secrets") {
  const Assignment markup{.joint = Joint::markup};
  CHECK_FALSE(is_secret(markup, "cipher-password", "crypto.createCipher(algorithm)"));
  CHECK(is_secret(markup, "password", "river" "!otter7"));
  CHECK_FALSE(is_secret({.joint = Joint::equals, .quoting = Quoting::quoted}, "key", "ed25519_sha512_public_key"));
}
