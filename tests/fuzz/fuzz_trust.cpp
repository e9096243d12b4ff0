// A trust document that is read says the same when it is written and read again; its keys are
// points of prime order, each once.
#include "verify/trust.hpp"

#include "bundle/envelope.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  if (const auto document = verify::parse_trust(text)) {
    const auto again = verify::parse_trust(verify::write_trust(*document));
    fuzz::require(again && again->keys == document->keys && again->version == document->version &&
                      again->expires == document->expires &&
                      again->root_fingerprint() == document->root_fingerprint(),
                  "a trust document says the same again");
    for (const verify::TrustedKey& key : document->keys) {
      fuzz::require(bundle::PublicKey::from_bytes(key.key.view()).has_value(),
                    "no weak key enters trust");
    }
  }
  if (const auto envelope = bundle::parse_envelope(text)) {
    fuzz::require(bundle::write_envelope(*envelope) == text, "an envelope is written again");
  }
  return 0;
}
