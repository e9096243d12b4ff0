// The payload of a trust file, canonical JSON:
//   { "expires": TIME|null, "keys": [ { "holder", "publicKey": BASE64, "revocation": null |
//     { "lastGood": null | { "logId", "root": "sha256:..", "size" }, "reason", "revokedAt" },
//     "role", "validFrom": TIME|null, "validUntil": TIME|null } ], "local": BOOL,
//     "specVersion": "1.0.0", "thresholds": { "bundle": N, "root": N },
//     "type": "SourceOSEvidenceTrust", "version": N }
#include "verify/trust.hpp"

#include "core/bytes.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

#include <array>
#include <set>
#include <utility>

namespace sourceos::verify {
namespace {

constexpr std::string_view k_type = "SourceOSEvidenceTrust";
constexpr std::string_view k_spec_version = "1.0.0";
constexpr std::size_t k_keys_max = 1000;
constexpr std::size_t k_holder_bytes_max = 200;
constexpr std::size_t k_log_id_digits = 32;

constexpr std::array k_reasons = {
    std::pair{RevocationReason::compromised, std::string_view("compromised")},
    std::pair{RevocationReason::superseded, std::string_view("superseded")},
    std::pair{RevocationReason::retired, std::string_view("retired")},
};

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorKind::malformed, "malformed", std::move(message));
}

json::Value time_to_value(const std::optional<UtcTime>& time) {
  return time ? json::Value(format_exact(*time)) : json::Value(nullptr);
}

json::Value to_value(const std::optional<Revocation>& revocation) {
  if (!revocation) {
    return nullptr;
  }
  json::Value value = {{"reason", to_string(revocation->reason)},
                       {"revokedAt", format_exact(revocation->revoked_at)},
                       {"lastGood", nullptr}};
  if (const auto& good = revocation->last_good) {
    value["lastGood"] = {
        {"logId", good->log_id}, {"root", good->root.text()}, {"size", good->size}};
  }
  return value;
}

// --- reading; a row has exactly the keys named
Status check_keys(const json::Value& value, std::initializer_list<std::string_view> keys) {
  if (!value.is_object() || value.size() != keys.size()) {
    return malformed("there are keys missing or too many in the trust file");
  }
  for (const std::string_view key : keys) {
    if (!value.contains(key)) {
      return malformed("expected '" + std::string(key) + "' in the trust file");
    }
  }
  return {};
}

Result<std::string> text_of(const json::Value& object, const char* key) {
  if (!object[key].is_string()) {
    return malformed("expected '" + std::string(key) + "' to be a string");
  }
  return object[key].get<std::string>();
}

Result<std::uint64_t> number_of(const json::Value& object, const char* key) {
  if (!object[key].is_number_unsigned()) {
    return malformed("expected '" + std::string(key) + "' to be a number");
  }
  return object[key].get<std::uint64_t>();
}

Result<UtcTime> time_of(const json::Value& object, const char* key) {
  SOURCEOS_TRY_ASSIGN(const std::string text, text_of(object, key));
  return parse_time(text);
}

Result<std::optional<UtcTime>> optional_time_of(const json::Value& object, const char* key) {
  if (object[key].is_null()) {
    return std::nullopt;
  }
  SOURCEOS_TRY_ASSIGN(const UtcTime time, time_of(object, key));
  return time;
}

Result<LastGood> read_last_good(const json::Value& value) {
  SOURCEOS_TRY(check_keys(value, {"logId", "root", "size"}));
  LastGood good;
  SOURCEOS_TRY_ASSIGN(good.log_id, text_of(value, "logId"));
  if (!is_lower_hex(good.log_id) || good.log_id.size() != k_log_id_digits) {
    return malformed("expected 'logId' to be 32 hex digits");
  }
  SOURCEOS_TRY_ASSIGN(const std::string root, text_of(value, "root"));
  SOURCEOS_TRY_ASSIGN(good.root, bundle::Digest::parse(root));
  SOURCEOS_TRY_ASSIGN(good.size, number_of(value, "size"));
  return good;
}

Result<std::optional<Revocation>> read_revocation(const json::Value& value) {
  if (value.is_null()) {
    return std::nullopt;
  }
  SOURCEOS_TRY(check_keys(value, {"lastGood", "reason", "revokedAt"}));
  Revocation revocation;
  SOURCEOS_TRY_ASSIGN(const std::string reason, text_of(value, "reason"));
  SOURCEOS_TRY_ASSIGN(revocation.reason, parse_revocation_reason(reason));
  SOURCEOS_TRY_ASSIGN(revocation.revoked_at, time_of(value, "revokedAt"));
  if (!value["lastGood"].is_null()) {
    SOURCEOS_TRY_ASSIGN(revocation.last_good, read_last_good(value["lastGood"]));
  }
  return revocation;
}

Result<TrustedKey> read_key(const json::Value& value) {
  SOURCEOS_TRY(check_keys(
      value, {"holder", "publicKey", "revocation", "role", "validFrom", "validUntil"}));
  TrustedKey key;
  SOURCEOS_TRY_ASSIGN(key.holder, text_of(value, "holder"));
  if (key.holder.empty() || key.holder.size() > k_holder_bytes_max) {
    return malformed("expected a holder's name of 1 to 200 bytes");
  }
  SOURCEOS_TRY_ASSIGN(const std::string encoded, text_of(value, "publicKey"));
  SOURCEOS_TRY_ASSIGN(const std::string raw, base64_decode(encoded));
  SOURCEOS_TRY_ASSIGN(key.key, bundle::PublicKey::from_bytes(raw));
  SOURCEOS_TRY_ASSIGN(const std::string role, text_of(value, "role"));
  SOURCEOS_TRY_ASSIGN(key.role, bundle::parse_key_role(role));
  SOURCEOS_TRY_ASSIGN(key.valid_from, optional_time_of(value, "validFrom"));
  SOURCEOS_TRY_ASSIGN(key.valid_until, optional_time_of(value, "validUntil"));
  SOURCEOS_TRY_ASSIGN(key.revocation, read_revocation(value["revocation"]));
  return key;
}

// A key stands once, so that it cannot count for two holders; only `bundle` and `sidecar` may
// share one (`key export --same-key`), and then for the same holder.
Status check_keys_once(const std::vector<TrustedKey>& keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t j = i + 1; j < keys.size(); ++j) {
      if (keys[i].key != keys[j].key) {
        continue;
      }
      const std::set<bundle::KeyRole> roles = {keys[i].role, keys[j].role};
      const bool is_same_key =
          roles == std::set{bundle::KeyRole::bundle, bundle::KeyRole::sidecar};
      if (!is_same_key || keys[i].holder != keys[j].holder) {
        return malformed("a key stands twice in the trust file");
      }
    }
  }
  return {};
}

std::size_t count_holders(const TrustDocument& document, bundle::KeyRole role) {
  std::set<std::string_view> holders;
  for (const TrustedKey* key : document.keys_of(role)) {
    holders.insert(key->holder);
  }
  return holders.size();
}

Status check_document(const TrustDocument& document) {
  SOURCEOS_TRY(check_keys_once(document.keys));
  if (document.version == 0 || document.bundle_threshold == 0 || document.root_threshold == 0) {
    return malformed("expected a version and thresholds of 1 or more");
  }
  if (document.local) {
    return {};
  }
  if (!document.expires) {
    return malformed("expected a time when the trust file expires");
  }
  if (count_holders(document, bundle::KeyRole::root) < document.root_threshold) {
    return malformed("the trust file has fewer root holders than its threshold");
  }
  return {};
}

}  // namespace

std::string_view to_string(RevocationReason reason) {
  for (const auto& [value, name] : k_reasons) {
    if (value == reason) {
      return name;
    }
  }
  return "retired";
}

Result<RevocationReason> parse_revocation_reason(std::string_view text) {
  for (const auto& [value, name] : k_reasons) {
    if (name == text) {
      return value;
    }
  }
  return malformed("expected a reason: compromised, superseded or retired");
}

std::vector<const TrustedKey*> TrustDocument::keys_of(bundle::KeyRole role) const {
  std::vector<const TrustedKey*> found;
  for (const TrustedKey& key : keys) {
    if (key.role == role) {
      found.push_back(&key);
    }
  }
  return found;
}

const TrustedKey* TrustDocument::find(const bundle::PublicKey& key) const {
  for (const TrustedKey& each : keys) {
    if (each.key == key) {
      return &each;
    }
  }
  return nullptr;
}

bundle::Digest TrustDocument::root_fingerprint() const {
  std::set<std::string> roots;
  for (const TrustedKey* key : keys_of(bundle::KeyRole::root)) {
    roots.insert(base64_encode(key->key.view()));
  }
  const json::Value value = {{"rootKeys", roots}, {"threshold", root_threshold}};
  return bundle::sha256(json::write_canonical(value).value());
}

std::string write_trust(const TrustDocument& document) {
  json::Value keys = json::Value::array();
  for (const TrustedKey& key : document.keys) {
    keys.push_back({{"holder", key.holder},
                    {"publicKey", base64_encode(key.key.view())},
                    {"revocation", to_value(key.revocation)},
                    {"role", bundle::to_string(key.role)},
                    {"validFrom", time_to_value(key.valid_from)},
                    {"validUntil", time_to_value(key.valid_until)}});
  }
  const json::Value value = {
      {"expires", time_to_value(document.expires)},
      {"keys", std::move(keys)},
      {"local", document.local},
      {"specVersion", k_spec_version},
      {"thresholds", {{"bundle", document.bundle_threshold}, {"root", document.root_threshold}}},
      {"type", k_type},
      {"version", document.version}};
  return json::write_canonical(value).value_or(std::string());
}

Result<TrustDocument> parse_trust(std::string_view payload) {
  SOURCEOS_TRY_ASSIGN_CONTEXT(
      const json::Value value,
      json::parse_canonical(payload, {limits::k_config_file_bytes_max, limits::k_json_depth_max}),
      "read the trust file");
  SOURCEOS_TRY(check_keys(value, {"expires", "keys", "local", "specVersion", "thresholds", "type",
                                  "version"}));
  if (value["type"] != k_type || !value["local"].is_boolean() || !value["keys"].is_array()) {
    return malformed("expected a SourceOS evidence trust file");
  }
  if (value["specVersion"] != k_spec_version) {
    return fail(ErrorKind::malformed, "spec-version", "the trust file is of an unknown version");
  }
  TrustDocument document;
  document.local = value["local"].get<bool>();
  SOURCEOS_TRY_ASSIGN(document.version, number_of(value, "version"));
  SOURCEOS_TRY_ASSIGN(document.expires, optional_time_of(value, "expires"));
  SOURCEOS_TRY(check_keys(value["thresholds"], {"bundle", "root"}));
  SOURCEOS_TRY_ASSIGN(document.bundle_threshold, number_of(value["thresholds"], "bundle"));
  SOURCEOS_TRY_ASSIGN(document.root_threshold, number_of(value["thresholds"], "root"));
  if (value["keys"].size() > k_keys_max) {
    return fail(ErrorKind::limit, "limit", "there are more than 1,000 keys in the trust file");
  }
  for (const json::Value& row : value["keys"]) {
    SOURCEOS_TRY_ASSIGN(TrustedKey key, read_key(row));
    document.keys.push_back(std::move(key));
  }
  SOURCEOS_TRY(check_document(document));
  return document;
}

std::string fingerprint_words(const bundle::Digest& fingerprint) {
  // Proquints (Wilkerson 2009): 16 bits as consonant, vowel, consonant, vowel, consonant.
  constexpr std::string_view k_consonants = "bdfghjklmnprstvz";
  constexpr std::string_view k_vowels = "aiou";
  constexpr std::size_t k_words = 8;
  std::string out;
  for (std::size_t word = 0; word < k_words; ++word) {
    const std::string_view bytes = fingerprint.bytes().substr(2 * word, 2);
    const unsigned bits = static_cast<unsigned>(static_cast<unsigned char>(bytes[0])) << 8U |
                          static_cast<unsigned char>(bytes[1]);
    out += word == 0 ? "" : " ";
    out += k_consonants[bits >> 12U & 15U];
    out += k_vowels[bits >> 10U & 3U];
    out += k_consonants[bits >> 6U & 15U];
    out += k_vowels[bits >> 4U & 3U];
    out += k_consonants[bits & 15U];
  }
  return out;
}

}  // namespace sourceos::verify
