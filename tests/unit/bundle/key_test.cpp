#include "bundle/key.hpp"

#include "bundle/digest.hpp"
#include "core/bytes.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

// The Ed25519 key of RFC 8410 section 10.1.
constexpr std::string_view k_rfc8410_pem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view k_rfc8410_key =
    "19bf44096984" "cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";

PublicKey key() { return signer_from_seed(std::string(32, '\1'))->public_key(); }

}  // namespace

TEST_CASE("the PEM of RFC 8410 is read and written") {
  const PublicKey found = *parse_public_key(k_rfc8410_pem);
  CHECK(hex_encode(found.view()) == k_rfc8410_key);
  CHECK(export_public_key(found, KeyFormat::pem) == k_rfc8410_pem);
  CHECK(export_public_key(found, KeyFormat::cosign) == k_rfc8410_pem);
}

TEST_CASE("every exported form is read back") {
  for (const KeyFormat format :
       {KeyFormat::pem, KeyFormat::minisign, KeyFormat::openssh, KeyFormat::cosign}) {
    CHECK(*parse_public_key(export_public_key(key(), format)) == key());
  }
}

TEST_CASE("hint and id are of the SPKI digest") {
  CHECK(key_hint(key()) == base64_encode(sha256(spki_der(key())).bytes()));
  CHECK(key_id(key()) == spki_digest(key()).hex().substr(0, 16));
  CHECK(minisign_key_id(key()).size() == 8);
}

TEST_CASE("what is no public key is malformed and is not quoted") {
  const std::string secret = "not-a-" "key-at-all";
  for (const std::string& text :
       {secret, std::string(), "-----BEGIN PUBLIC KEY-----\n" + secret, "ssh-ed25519 " + secret,
        std::string("ssh-ed25519"), "untrusted comment: x\n" + secret,
        std::string("untrusted comment: x\nRWQ=\n"),
        std::string("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4"
                    "rXAxZuE=\n-----END PUBLIC KEY-----\n")}) {
    const auto found = parse_public_key(text);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().reason == "malformed");
    CHECK(found.error().read_out().find(secret) == std::string::npos);
  }
}

TEST_CASE("a key of small order is refused in every form") {
  PublicKey identity;
  identity.bytes[0] = 1;
  for (const KeyFormat format : {KeyFormat::pem, KeyFormat::minisign, KeyFormat::openssh}) {
    CHECK_FALSE(parse_public_key(export_public_key(identity, format)).has_value());
  }
}

TEST_CASE("a public key is read from a file") {
  const tests::TemporaryDirectory directory;
  CHECK(hex_encode(read_public_key_file(directory.write("k.pem", k_rfc8410_pem))->view()) ==
        k_rfc8410_key);
  CHECK(read_public_key_file(directory / "absent").error().kind == ErrorKind::not_found);
}

TEST_CASE("roles and formats have names") {
  for (const KeyRole role : {KeyRole::bundle, KeyRole::log, KeyRole::root, KeyRole::sidecar,
                             KeyRole::disclose, KeyRole::test}) {
    CHECK(*parse_key_role(to_string(role)) == role);
  }
  CHECK_FALSE(parse_key_role("owner").has_value());
  CHECK(*parse_key_format("openssh") == KeyFormat::openssh);
  CHECK_FALSE(parse_key_format("der").has_value());
}
