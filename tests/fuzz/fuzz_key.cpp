// A public key that is read in one form is read again in every form it is written in; a secret key
// file is read to the key that it holds, or not at all.
#include "bundle/key.hpp"

#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  if (const auto key = bundle::parse_public_key(text)) {
    for (const auto format : {bundle::KeyFormat::pem, bundle::KeyFormat::minisign,
                              bundle::KeyFormat::openssh, bundle::KeyFormat::cosign}) {
      const auto again = bundle::parse_public_key(bundle::export_public_key(*key, format));
      fuzz::require(again && *again == *key, "a public key is read again");
    }
  }
  if (const auto key = bundle::public_key_of_key_file(text)) {
    fuzz::require(bundle::PublicKey::from_bytes(key->view()).has_value(),
                  "no weak key comes from a key file");
  }
  return 0;
}
