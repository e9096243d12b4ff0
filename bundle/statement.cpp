// Statement: canonical JSON
//   {"_type":"https://in-toto.io/Statement/v1","predicate":<record>,"predicateType":"...",
//    "subject":[{"digest":{"sha256":"<64 hex>"},"name":"evidence-manifest"}]}
// Sigstore bundle: canonical JSON
//   {"dsseEnvelope":{"payload":"<base64>","payloadType":"application/vnd.in-toto+json",
//     "signatures":[{"sig":"<base64>"}]},"mediaType":"...",
//    "verificationMaterial":{"publicKey":{"hint"?:"<base64>"},"timestampVerificationData"?:
//     {"rfc3161Timestamps":[{"signedTimestamp":"<base64>"}]}}}
// Since a writer's text is fixed up to a few fields, a reader parses, writes and compares: what
// differs in any byte is malformed.
#include "bundle/statement.hpp"

#include "bundle/key.hpp"
#include "core/bytes.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"

#include <initializer_list>

namespace sourceos::bundle {
namespace {

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorKind::malformed, "malformed", std::move(message));
}

// The object has the first `required` of the keys, perhaps the others, and nothing else.
Status check_keys(const json::Value& object, std::initializer_list<std::string_view> keys,
                  std::size_t required, std::string_view what) {
  if (!object.is_object()) {
    return malformed("expected " + std::string(what) + " to be an object");
  }
  std::size_t found = 0;
  std::size_t position = 0;
  for (const std::string_view key : keys) {
    const bool is_there = object.contains(key);
    found += is_there ? 1 : 0;
    if (!is_there && position < required) {
      return malformed("expected '" + std::string(key) + "' in " + std::string(what));
    }
    ++position;
  }
  if (found != object.size()) {
    return malformed("there are keys in " + std::string(what) + " that do not belong there");
  }
  return {};
}

Result<std::string> string_of(const json::Value& object, std::string_view key) {
  const json::Value& value = object.at(std::string(key));
  if (!value.is_string()) {
    return malformed("expected '" + std::string(key) + "' to be a string");
  }
  return value.get<std::string>();
}

Result<std::string> base64_of(const json::Value& object, std::string_view key) {
  SOURCEOS_TRY_ASSIGN(const std::string text, string_of(object, key));
  SOURCEOS_TRY_ASSIGN(std::string bytes, base64_decode(text));
  return bytes;
}

Status read_material(const json::Value& material, SigstoreBundle& bundle) {
  SOURCEOS_TRY(check_keys(material, {"publicKey", "timestampVerificationData"}, 1,
                          "'verificationMaterial'"));
  const json::Value& key = material.at("publicKey");
  SOURCEOS_TRY(check_keys(key, {"hint"}, 0, "'publicKey'"));
  if (key.contains("hint")) {
    SOURCEOS_TRY_ASSIGN(bundle.hint, string_of(key, "hint"));
  }
  if (!material.contains("timestampVerificationData")) {
    return {};
  }
  const json::Value& data = material.at("timestampVerificationData");
  SOURCEOS_TRY(check_keys(data, {"rfc3161Timestamps"}, 1, "'timestampVerificationData'"));
  const json::Value& timestamps = data.at("rfc3161Timestamps");
  if (!timestamps.is_array() || timestamps.size() > limits::k_signatures_max) {
    return malformed("expected 'rfc3161Timestamps' to be a short array");
  }
  for (const json::Value& timestamp : timestamps) {
    SOURCEOS_TRY(check_keys(timestamp, {"signedTimestamp"}, 1, "a timestamp"));
    SOURCEOS_TRY_ASSIGN(std::string der, base64_of(timestamp, "signedTimestamp"));
    bundle.rfc3161_timestamps.push_back(std::move(der));
  }
  return {};
}

Status read_dsse(const json::Value& envelope, SigstoreBundle& bundle) {
  SOURCEOS_TRY(check_keys(envelope, {"payload", "payloadType", "signatures"}, 3,
                          "'dsseEnvelope'"));
  SOURCEOS_TRY_ASSIGN(bundle.payload_type, string_of(envelope, "payloadType"));
  if (bundle.payload_type != k_in_toto_payload_type) {
    return malformed("expected the payload type '" + std::string(k_in_toto_payload_type) +
                     "', there is another");
  }
  const json::Value& signatures = envelope.at("signatures");
  if (!signatures.is_array() || signatures.size() != 1) {
    return malformed("expected exactly one signature in the envelope");
  }
  SOURCEOS_TRY(check_keys(signatures[0], {"sig"}, 1, "the signature"));
  SOURCEOS_TRY_ASSIGN(bundle.signature, base64_of(signatures[0], "sig"));
  SOURCEOS_TRY_ASSIGN(bundle.payload, base64_of(envelope, "payload"));
  if (bundle.payload.size() > limits::k_statement_bytes_max) {
    return fail(ErrorKind::limit, "limit", "the statement is larger than 16 MiB");
  }
  return {};
}

}  // namespace

std::string write_statement(const Digest& manifest, std::string_view record) {
  std::string out = R"({"_type":")";
  out += k_statement_type;
  out += R"(","predicate":)";
  out += record;
  out += R"(,"predicateType":")";
  out += k_evidence_predicate_type;
  out += R"(","subject":[{"digest":{"sha256":")";
  out += manifest.hex();
  out += R"("},"name":")";
  out += k_subject_name;
  out += R"("}]})";
  return out;
}

Result<Statement> parse_statement(std::string_view payload) {
  SOURCEOS_TRY_ASSIGN_CONTEXT(
      const json::Value value,
      json::parse_canonical(payload, {limits::k_statement_bytes_max, limits::k_json_depth_max}),
      "read the statement");
  SOURCEOS_TRY(check_keys(value, {"_type", "predicate", "predicateType", "subject"}, 4,
                          "the statement"));
  SOURCEOS_TRY_ASSIGN(const std::string type, string_of(value, "_type"));
  if (type != k_statement_type) {
    return malformed("expected an in-toto statement v1");
  }
  Statement statement;
  SOURCEOS_TRY_ASSIGN(statement.predicate_type, string_of(value, "predicateType"));
  const json::Value& subjects = value.at("subject");
  if (!subjects.is_array() || subjects.size() != 1) {
    return malformed("expected exactly one subject in the statement");
  }
  SOURCEOS_TRY(check_keys(subjects[0], {"digest", "name"}, 2, "the subject"));
  SOURCEOS_TRY_ASSIGN(const std::string name, string_of(subjects[0], "name"));
  if (name != k_subject_name) {
    return malformed("expected the subject '" + std::string(k_subject_name) + "'");
  }
  const json::Value& digest = subjects[0].at("digest");
  SOURCEOS_TRY(check_keys(digest, {"sha256"}, 1, "the subject's digest"));
  SOURCEOS_TRY_ASSIGN(const std::string hex, string_of(digest, "sha256"));
  SOURCEOS_TRY_ASSIGN(statement.subject, Digest::parse_hex(hex));
  SOURCEOS_TRY_ASSIGN(statement.predicate, json::write_canonical(value.at("predicate")));
  return statement;
}

std::string pae(std::string_view payload_type, std::string_view payload) {
  std::string out = "DSSEv1 " + std::to_string(payload_type.size()) + " ";
  out.reserve(out.size() + payload_type.size() + payload.size() + 24);
  out += payload_type;
  out += " " + std::to_string(payload.size()) + " ";
  out += payload;
  return out;
}

bool SigstoreBundle::verify(const PublicKey& key) const {
  return verify_signature(pae(payload_type, payload), signature, key);
}

Result<std::string> sign_sigstore_bundle(std::string_view payload, const Signer& signer) {
  SOURCEOS_TRY_ASSIGN_CONTEXT(const std::string signature,
                              signer.sign(FramedMessage::dsse(k_in_toto_payload_type, payload)),
                              "sign the statement");
  std::string out = R"({"dsseEnvelope":{"payload":")";
  out += base64_encode(payload);
  out += R"(","payloadType":")";
  out += k_in_toto_payload_type;
  out += R"(","signatures":[{"sig":")";
  out += base64_encode(signature);
  out += R"("}]},"mediaType":")";
  out += k_sigstore_media_type;
  out += R"(","verificationMaterial":{"publicKey":{"hint":")";
  out += key_hint(signer.public_key());
  out += R"("}}})";
  return out;
}

Result<SigstoreBundle> parse_sigstore_bundle(std::string_view text) {
  SOURCEOS_TRY_ASSIGN_CONTEXT(
      const json::Value value,
      json::parse_canonical(text, {limits::k_sigstore_bytes_max, limits::k_json_depth_max}),
      "read the Sigstore bundle");
  SOURCEOS_TRY(check_keys(value, {"dsseEnvelope", "mediaType", "verificationMaterial"}, 3,
                          "the Sigstore bundle"));
  SOURCEOS_TRY_ASSIGN(const std::string media_type, string_of(value, "mediaType"));
  if (media_type != k_sigstore_media_type) {
    return malformed("expected a Sigstore bundle v0.3");
  }
  SigstoreBundle bundle;
  SOURCEOS_TRY(read_material(value.at("verificationMaterial"), bundle));
  SOURCEOS_TRY(read_dsse(value.at("dsseEnvelope"), bundle));
  return bundle;
}

}  // namespace sourceos::bundle
