// The programs that sidecars are for judge them in tests/outsiders; here every byte is looked at.
#include "bundle/sidecar.hpp"

#include "bundle/key.hpp"
#include "core/bytes.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

std::unique_ptr<Signer> signer() { return signer_from_seed(std::string(32, '\6')); }

// Changes each character in turn; none of the changed texts may verify.
template <class Parse>
void check_every_change(const std::string& text, const Parse& verifies) {
  REQUIRE(verifies(text));
  const std::size_t first_line_end = text.find('\n');
  for (std::size_t i = first_line_end + 1; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(verifies(changed));
  }
}

}  // namespace

TEST_CASE("a minisign signature is read as it was written") {
  const std::string text = *write_minisign("manifest", *signer(), "seq:7");
  CHECK(text.starts_with("untrusted comment: "));
  const Minisign found = *parse_minisign(text);
  CHECK(found.trusted_comment == "seq:7");
  CHECK(found.key_id == minisign_key_id(signer()->public_key()));
  CHECK(found.verify("manifest", signer()->public_key()));
  CHECK_FALSE(found.verify("manifesto", signer()->public_key()));
}

TEST_CASE("no changed minisign signature verifies") {
  const PublicKey key = signer()->public_key();
  check_every_change(*write_minisign("manifest", *signer(), "seq:7"), [&](const std::string& text) {
    const auto found = parse_minisign(text);
    return found && found->key_id == minisign_key_id(key) && found->verify("manifest", key);
  });
}

TEST_CASE("a minisign comment is one line") {
  CHECK_FALSE(write_minisign("manifest", *signer(), "a\nb").has_value());
}

TEST_CASE("a legacy minisign signature, not prehashed, is malformed") {
  std::string text = *write_minisign("manifest", *signer(), "seq:7");
  text.replace(text.find('\n') + 1, 4, base64_encode("Ed" + std::string(1, text[0])));
  CHECK_FALSE(parse_minisign(text).has_value());
}

TEST_CASE("an SSH signature is read as it was written") {
  const std::string text = *write_ssh_signature("manifest", *signer());
  CHECK(text.starts_with("-----BEGIN SSH SIGNATURE-----\n"));
  const SshSignature found = *parse_ssh_signature(text);
  CHECK(found.key == signer()->public_key().view());
  CHECK(found.verify("manifest", signer()->public_key()));
  CHECK_FALSE(found.verify("manifesto", signer()->public_key()));
  CHECK_FALSE(found.verify("manifest", signer_from_seed(std::string(32, '\7'))->public_key()));
}

TEST_CASE("no changed SSH signature verifies") {
  const PublicKey key = signer()->public_key();
  check_every_change(*write_ssh_signature("manifest", *signer()), [&](const std::string& text) {
    const auto found = parse_ssh_signature(text);
    return found && found->verify("manifest", key);
  });
}

TEST_CASE("what is no sidecar is malformed") {
  CHECK_FALSE(parse_minisign("").has_value());
  CHECK_FALSE(parse_minisign("a\nb\nc\nd\n").has_value());
  CHECK_FALSE(parse_ssh_signature("").has_value());
  CHECK_FALSE(parse_ssh_signature("-----BEGIN SSH SIGNATURE-----\n").has_value());
  CHECK(parse_minisign(std::string(5000, 'x')).error().kind == ErrorKind::limit);
  CHECK(parse_ssh_signature(std::string(5000, 'x')).error().kind == ErrorKind::limit);
}
