// Plain DSSE envelope, canonical JSON:
//   {"payload":"<base64>","payloadType":"...","signatures":[{"keyid":"...","sig":"<base64>"}]}
#include "bundle/envelope.hpp"

#include "bundle/key.hpp"
#include "bundle/statement.hpp"
#include "core/bytes.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {
namespace {

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorKind::malformed, "malformed", std::move(message));
}

}  // namespace

Result<std::string> sign_envelope(std::string_view payload_type, std::string_view payload,
                                  const std::vector<const Signer*>& signers) {
  Envelope envelope{std::string(payload), std::string(payload_type), {}};
  const FramedMessage message = FramedMessage::dsse(payload_type, payload);
  for (const Signer* signer : signers) {
    SOURCEOS_TRY_ASSIGN(std::string signature, signer->sign(message));
    envelope.signatures.push_back({key_id(signer->public_key()), std::move(signature)});
  }
  return write_envelope(envelope);
}

std::string write_envelope(const Envelope& envelope) {
  std::string out = R"({"payload":")" + base64_encode(envelope.payload) + R"(","payloadType":)";
  json::append_string(out, envelope.payload_type);
  out += R"(,"signatures":[)";
  const char* separator = "";
  for (const EnvelopeSignature& signature : envelope.signatures) {
    out += separator;
    out += R"({"keyid":)";
    json::append_string(out, signature.key_id);
    out += R"(,"sig":")" + base64_encode(signature.signature) + R"("})";
    separator = ",";
  }
  out += "]}";
  return out;
}

Result<Envelope> parse_envelope(std::string_view text) {
  SOURCEOS_TRY_ASSIGN_CONTEXT(
      const json::Value value,
      json::parse_canonical(text, {limits::k_config_file_bytes_max, limits::k_json_depth_max}),
      "read the envelope");
  if (!value.is_object() || value.size() != 3 || !value.contains("payload") ||
      !value.contains("payloadType") || !value.contains("signatures") ||
      !value["payload"].is_string() || !value["payloadType"].is_string() ||
      !value["signatures"].is_array()) {
    return malformed("expected a DSSE envelope { payload, payloadType, signatures }");
  }
  if (value["signatures"].size() > limits::k_signatures_max) {
    return fail(ErrorKind::limit, "limit", "there are more than 16 signatures in the envelope");
  }
  Envelope envelope;
  envelope.payload_type = value["payloadType"].get<std::string>();
  SOURCEOS_TRY_ASSIGN(envelope.payload, base64_decode(value["payload"].get<std::string>()));
  for (const json::Value& entry : value["signatures"]) {
    if (!entry.is_object() || entry.size() != 2 || !entry.contains("keyid") ||
        !entry.contains("sig") || !entry["keyid"].is_string() || !entry["sig"].is_string()) {
      return malformed("expected a signature { keyid, sig } in the envelope");
    }
    EnvelopeSignature signature;
    signature.key_id = entry["keyid"].get<std::string>();
    SOURCEOS_TRY_ASSIGN(signature.signature, base64_decode(entry["sig"].get<std::string>()));
    envelope.signatures.push_back(std::move(signature));
  }
  return envelope;
}

}  // namespace sourceos::bundle
