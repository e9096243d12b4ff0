// A signature file that is read as ours, in either form, has a signature of 64 bytes and names a
// key; no made-up one verifies.
#include "bundle/key.hpp"
#include "bundle/sidecar.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bundle::PublicKey key = bundle::signer_from_seed(std::string(32, 'f'))->public_key();
  const std::string_view text = fuzz::as_text(data, size);
  if (const auto minisign = bundle::parse_minisign(text)) {
    fuzz::require(minisign->signature.size() == 64 && minisign->comment_signature.size() == 64 &&
                      minisign->key_id.size() == 8,
                  "the parts of a minisign file have their sizes");
    fuzz::require(minisign->trusted_comment.find('\n') == std::string::npos,
                  "a trusted comment is one line");
    fuzz::require(!minisign->verify("never signed", key), "nobody signed that");
  }
  if (const auto ssh = bundle::parse_ssh_signature(text)) {
    fuzz::require(ssh->signature.size() == 64 && ssh->key.size() == 32,
                  "the parts of an SSH signature have their sizes");
    fuzz::require(!ssh->verify("never signed", key), "nobody signed that");
  }
  return 0;
}
