#include "bundle/digest.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;

TEST_CASE("SHA-256 gives the digests that FIPS 180 publishes") {
  CHECK(sha256("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex() ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  Sha256 running;
  for (int i = 0; i < 1000; ++i) {
    running.update(std::string(1000, 'a'));
  }
  CHECK(running.finish().hex() ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a running hash starts anew after its end and can be moved") {
  Sha256 running;
  running.update("a").update("bc");
  Sha256 other = std::move(running);
  CHECK(other.finish() == sha256("abc"));
  CHECK(other.finish() == sha256(""));
}

TEST_CASE("a digest has one text form") {
  const Digest digest = sha256("abc");
  CHECK(digest.text() == "sha256:" + digest.hex());
  CHECK(Digest::parse(digest.text()).value() == digest);
  CHECK(Digest::parse_hex(digest.hex()).value() == digest);
  CHECK(Digest::from_bytes(digest.bytes()).value() == digest);
  for (const std::string& bad :
       {std::string(), digest.hex(), "sha256:" + digest.hex().substr(1), digest.text() + "0",
        "SHA256:" + digest.hex(), "sha256:" + std::string(64, 'A'), "sha512:" + digest.hex()}) {
    CAPTURE(bad);
    CHECK_FALSE(Digest::parse(bad).has_value());
  }
  CHECK_FALSE(Digest::from_bytes("short").has_value());
}
