// A plain DSSE envelope, as trust files and policies use it: several signatures, each with a key
// id that is a hint and nothing more.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bundle/signer.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {

struct EnvelopeSignature {
  std::string key_id;
  std::string signature;
};

struct Envelope {
  std::string payload;
  std::string payload_type;
  std::vector<EnvelopeSignature> signatures;
};

[[nodiscard]] Result<std::string> sign_envelope(std::string_view payload_type,
                                                std::string_view payload,
                                                const std::vector<const Signer*>& signers);
[[nodiscard]] std::string write_envelope(const Envelope& envelope);
// Canonical JSON, at most 16 signatures.
[[nodiscard]] Result<Envelope> parse_envelope(std::string_view text);

}  // namespace sourceos::bundle
