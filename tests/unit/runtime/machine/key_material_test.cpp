#include "runtime/machine/key_material.hpp"

#include <doctest/doctest.h>

#include <string>

using sourceos::runtime::is_key_material;

namespace {

// Markers in pieces, so that this file holds none.
std::string block(const std::string& kind, const std::string& body) {
  return "-----BEGIN " + kind + " PRIVATE" + " KEY-----\n" + body + "\n-----END\n";
}

const std::string k_line(64, 'A');

}  // namespace

TEST_CASE("a private key is known by its marker and the key that follows") {
  for (const char* kind : {"RSA", "EC", "OPENSSH", "ENCRYPTED"}) {
    CAPTURE(kind);
    CHECK(is_key_material(block(kind, k_line)));
    CHECK(is_key_material("  \n" + block(kind, "Proc-Type: 4,ENCRYPTED\n\n" + k_line)));
  }
  CHECK(is_key_material("PuTTY-User-Key-File-3: ssh-ed25519\n"));
  CHECK(is_key_material(std::string("AGE-SECRET") + "-KEY-1" + std::string(58, 'Q')));
}

TEST_CASE("words about keys are no keys") {
  CHECK_FALSE(
      is_key_material("const marker = \"-----BEGIN RSA PRIVATE"
                      " KEY-----\";\nx"));
  CHECK_FALSE(is_key_material(block("RSA", "goes here")));
  CHECK_FALSE(is_key_material("-----BEGIN CERTIFICATE-----\n" + k_line));
  CHECK_FALSE(is_key_material("-----BEGIN PUBLIC KEY-----\n" + k_line));
  CHECK_FALSE(is_key_material(""));
}

TEST_CASE("a service account is known by its type and its key") {
  CHECK(is_key_material(R"({"type": "service_account", "private)"
                        R"(_key": "x"})"));
  CHECK_FALSE(is_key_material(R"({"type": "service_account"})"));
}
