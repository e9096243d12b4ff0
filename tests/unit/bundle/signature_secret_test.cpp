#include "bundle/secret.hpp"

#include "core/bytes.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

SecretBytes key_of(char byte) {
  std::string bytes(k_store_key_size, byte);
  return SecretBytes::take(bytes);
}

}  // namespace

TEST_CASE("a keyed hash is BLAKE2b with a 32 byte key") {
  // Made with Python: hashlib.blake2b(b"abc", digest_size=32, key=bytes(range(32))).
  std::string bytes;
  for (char i = 0; i < 32; ++i) {
    bytes += i;
  }
  const SecretBytes key = SecretBytes::take(bytes);
  CHECK(hex_encode(keyed_hash(key, "abc")) ==
        "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f");
  CHECK(hex_encode(derive_key(key, "tag/v1", "store").view()) ==
        "b65a01925420e5895918db0ed1c0d07846aa5537817bda0e304ccc79fd2f7a2c");
}

TEST_CASE("label and context do not run into each other") {
  const SecretBytes key = key_of('k');
  CHECK(derive_key(key, "ab", "c").view() != derive_key(key, "a", "bc").view());
  CHECK(derive_key(key, "ab", "c").view() != derive_key(key_of('j'), "ab", "c").view());
  CHECK(derive_key(key, "ab", "c").size() == k_store_key_size);
}
