// A Sigstore bundle that is read has one form: what it says is written with the same bytes. No
// input is a signature of a key that never signed.
#include "bundle/statement.hpp"

#include "bundle/key.hpp"
#include "core/bytes.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto found = bundle::parse_sigstore_bundle(fuzz::as_text(data, size));
  if (!found) {
    return 0;
  }
  static const auto signer = bundle::signer_from_seed(std::string(32, 'f'));
  fuzz::require(!found->verify(signer->public_key()), "nobody signs for a key that never signed");
  const auto again = bundle::sign_sigstore_bundle(found->payload, *signer);
  fuzz::require(again.has_value(), "a payload that was read can be signed");
  const auto reread = bundle::parse_sigstore_bundle(*again);
  fuzz::require(reread && reread->payload == found->payload && reread->verify(signer->public_key()),
                "what was signed is read and verifies");
  return 0;
}
