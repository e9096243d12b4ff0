// What is signed about a bundle: an in-toto statement about M in a DSSE envelope inside a Sigstore
// bundle v0.3. Writers are exact; readers take only what the writers could have written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/signer.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {

inline constexpr std::string_view k_in_toto_payload_type = "application/vnd.in-toto+json";
inline constexpr std::string_view k_statement_type = "https://in-toto.io/Statement/v1";
inline constexpr std::string_view k_evidence_predicate_type =
    "https://schemas.srcos.ai/v2/SourceOSEvidenceBundle.json";
inline constexpr std::string_view k_disclosure_predicate_type =
    "https://schemas.srcos.ai/v2/SourceOSEvidenceDisclosure.json";
inline constexpr std::string_view k_subject_name = "evidence-manifest";
inline constexpr std::string_view k_sigstore_media_type =
    "application/vnd.dev.sigstore.bundle.v0.3+json";

// --- statement
// `record` is the record's canonical bytes; the predicate is those bytes.
[[nodiscard]] std::string write_statement(const Digest& manifest, std::string_view record);

struct Statement {
  std::string predicate_type;
  Digest subject;
  std::string predicate;  // canonical bytes
};
// Canonical JSON, exactly one subject named `evidence-manifest`; any predicate type.
[[nodiscard]] Result<Statement> parse_statement(std::string_view payload);

// --- DSSE and Sigstore bundle
// "DSSEv1 <length> <type> <length> <payload>"
[[nodiscard]] std::string pae(std::string_view payload_type, std::string_view payload);

struct SigstoreBundle {
  std::string payload;       // decoded
  std::string payload_type;
  std::string signature;     // decoded; any length
  std::optional<std::string> hint;
  std::vector<std::string> rfc3161_timestamps;  // decoded DER; not judged here

  [[nodiscard]] bool verify(const PublicKey& key) const;
};

// Signs the payload (type in-toto) and writes the whole Sigstore bundle, canonical.
[[nodiscard]] Result<std::string> sign_sigstore_bundle(std::string_view payload,
                                                       const Signer& signer);
// Exactly the keys of evidence section 3, canonical JSON, base64 without slack, one signature.
[[nodiscard]] Result<SigstoreBundle> parse_sigstore_bundle(std::string_view text);

}  // namespace sourceos::bundle
