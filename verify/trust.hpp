// Which keys count. A trust file is a DSSE envelope signed by its root keys; the local one
// (`local: true`) is plain JSON in this account's config root and trusts only its own keys.
// Nothing inside a bundle is ever trusted (evidence section 10, security S-10, S-19).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/key.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sourceos::bundle {
struct Envelope;
}

namespace sourceos::verify {

inline constexpr std::string_view k_trust_payload_type =
    "application/vnd.sourceos.evidence.trust.v1+json";

enum class RevocationReason { compromised, superseded, retired };
[[nodiscard]] std::string_view to_string(RevocationReason reason);
[[nodiscard]] Result<RevocationReason> parse_revocation_reason(std::string_view text);

// The newest checkpoint that is known to be older than the revocation.
struct LastGood {
  std::string log_id;
  std::uint64_t size = 0;
  bundle::Digest root;
  bool operator==(const LastGood&) const = default;
};

struct Revocation {
  RevocationReason reason = RevocationReason::retired;
  UtcTime revoked_at;
  std::optional<LastGood> last_good;
  bool operator==(const Revocation&) const = default;
};

struct TrustedKey {
  bundle::PublicKey key;
  bundle::KeyRole role = bundle::KeyRole::bundle;
  std::string holder;  // thresholds count holders, not keys
  std::optional<UtcTime> valid_from;
  std::optional<UtcTime> valid_until;
  std::optional<Revocation> revocation;
  bool operator==(const TrustedKey&) const = default;
};

// The payload of a trust file.
struct TrustDocument {
  std::uint64_t version = 1;
  std::optional<UtcTime> expires;  // always there unless local
  bool local = false;
  std::vector<TrustedKey> keys;
  std::uint64_t bundle_threshold = 1;
  std::uint64_t root_threshold = 1;

  [[nodiscard]] std::vector<const TrustedKey*> keys_of(bundle::KeyRole role) const;
  [[nodiscard]] const TrustedKey* find(const bundle::PublicKey& key) const;
  // SHA-256 over the root threshold and the root keys: what `--trust-root` pins.
  [[nodiscard]] bundle::Digest root_fingerprint() const;
};

[[nodiscard]] std::string write_trust(const TrustDocument& document);  // canonical JSON
[[nodiscard]] Result<TrustDocument> parse_trust(std::string_view payload);
// Eight pronounceable words for the first 128 bits of a fingerprint, to be read out loud.
[[nodiscard]] std::string fingerprint_words(const bundle::Digest& fingerprint);

// Which of the roots have signed: enough holders, each key once. `threshold` otherwise, or
// `bad-signature` when a signature names a root key and is not its own.
[[nodiscard]] Status check_root_signatures(const TrustDocument& roots,
                                           const bundle::Envelope& envelope);

// Signs and writes the next version: `<path>` and, for verifiers that missed one,
// `<stem>.<version>.json` beside it. Changed roots need signers of the old and of the new set.
[[nodiscard]] Status save_trust(const std::filesystem::path& path, const TrustDocument& document,
                                const std::vector<const bundle::Signer*>& signers);
// The plain file of this account, 0600.
[[nodiscard]] Status save_local_trust(const std::filesystem::path& path,
                                      const TrustDocument& document);

// What a verifier remembers of trust files: the highest version seen for a set of roots.
class TrustMemory {
 public:
  explicit TrustMemory(std::filesystem::path directory) : directory_(std::move(directory)) {}
  // The payload last accepted for these roots (which it may have replaced by others since);
  // nullopt when none or when it cannot be read.
  [[nodiscard]] std::optional<std::string> find(const bundle::Digest& root_fingerprint) const;
  // Best effort: a memory that cannot be written is no reason to fail.
  void remember(const std::vector<bundle::Digest>& root_fingerprints, std::string_view payload);

 private:
  std::filesystem::path directory_;
};

struct TrustRequest {
  std::filesystem::path file;
  std::optional<bundle::Digest> root_pin;     // --trust-root, or `trustRoot` of the config
  std::optional<std::uint64_t> version_min;   // --trust-min-version
  UtcTime now;
  TrustMemory* memory = nullptr;
};

// The trust that verification uses. A file that was refused stays with its Error, so that every
// verdict can say why: "trust-expired", "trust-rollback", "threshold", "malformed", ...
struct Trust {
  enum class Source { none, keys, file, self };
  Source source = Source::none;
  TrustDocument document;
  std::optional<bundle::Digest> digest;  // of the trust file's bytes
  bool pinned = false;
  std::optional<Error> refused;
};

[[nodiscard]] std::string_view to_string(Trust::Source source);

[[nodiscard]] Trust load_trust(const TrustRequest& request);
// `--key F` has role `bundle`, `--log-key F` role `log`; each key is its own holder.
[[nodiscard]] Trust trust_of_keys(const std::vector<bundle::PublicKey>& bundle_keys,
                                  const std::vector<bundle::PublicKey>& log_keys);
// Both: keys are added to what the file says.
[[nodiscard]] Trust join(Trust file, Trust keys);

}  // namespace sourceos::verify
