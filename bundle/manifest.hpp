// The OCI documents of a bundle: M (what is signed), the manifests attached to it, the index I that
// lists them, and the two files at the top. Readers take exactly what the writers write; only
// index.json and oci-layout, which copy tools rewrite, may differ in white space and key order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {

inline constexpr std::string_view k_manifest_media_type =
    "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view k_image_index_media_type =
    "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view k_empty_media_type = "application/vnd.oci.empty.v1+json";
inline constexpr std::string_view k_bundle_artifact_type =
    "application/vnd.sourceos.evidence.bundle.v1";
inline constexpr std::string_view k_record_media_type =
    "application/vnd.sourceos.evidence.record.v1+json";
inline constexpr std::string_view k_index_media_type =
    "application/vnd.sourceos.evidence.index.v1+jsonl+zstd";
inline constexpr std::string_view k_pack_media_type =
    "application/vnd.sourceos.evidence.pack.v1.tar+zstd";
inline constexpr std::string_view k_segment_media_type =
    "application/vnd.sourceos.evidence.segment.v1+zstd";
inline constexpr std::string_view k_log_proof_media_type =
    "application/vnd.sourceos.evidence.log-proof.v1";
inline constexpr std::string_view k_minisign_media_type =
    "application/vnd.sourceos.evidence.minisign.v1";
inline constexpr std::string_view k_sshsig_media_type =
    "application/vnd.sourceos.evidence.sshsig.v1";
inline constexpr std::string_view k_disclosure_media_type =
    "application/vnd.sourceos.evidence.disclosure.v1";
// The Sigstore bundle's media type is in bundle/statement.hpp.

inline constexpr std::string_view k_empty_config = "{}";
inline constexpr std::string_view k_bundle_tag = "bundle";

struct Descriptor {
  std::string media_type;
  Digest digest;
  std::uint64_t size = 0;
  auto operator<=>(const Descriptor&) const = default;
};

[[nodiscard]] Descriptor describe_blob(std::string_view media_type, std::string_view bytes);

struct Manifest {
  Descriptor config;               // the record
  std::vector<Descriptor> layers;  // the index, then packs and segments
};
// At most 64 layers.
[[nodiscard]] std::string write_manifest(const Manifest& manifest);
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text);

// A manifest with `subject` = M: a signature, a log proof, a sidecar, a disclosure statement.
struct AttachedManifest {
  Descriptor layer;    // its media type is the artifactType
  Descriptor subject;  // M
};
[[nodiscard]] std::string write_attached_manifest(const AttachedManifest& manifest);
// Any artifactType but those of evidence section 3 is `malformed`.
[[nodiscard]] Result<AttachedManifest> parse_attached_manifest(std::string_view text);

// I. `attached` may come in any order with its artifactType; it is written M first, then
// signatures, log proofs, others, each by digest.
struct AttachedDescriptor {
  Descriptor descriptor;  // of the attached manifest
  std::string artifact_type;
};
[[nodiscard]] std::string write_bundle_index(const Descriptor& manifest,
                                             std::vector<AttachedDescriptor> attached);
struct BundleIndex {
  Descriptor manifest;
  std::vector<Descriptor> attached;
};
// Canonical, all manifests, no digest twice. The order of the groups is checked by
// check_attached_order, once the artifact types are known.
[[nodiscard]] Result<BundleIndex> parse_bundle_index(std::string_view text);
[[nodiscard]] Status check_attached_order(const std::vector<AttachedDescriptor>& attached);

// index.json with I under the tag `bundle`; without I the constant one of a store.
[[nodiscard]] std::string write_layout_index(const std::optional<Descriptor>& bundle_index);
// The one descriptor of a bundle's index.json.
[[nodiscard]] Result<Descriptor> parse_layout_index(std::string_view text);

[[nodiscard]] std::string_view write_oci_layout();
[[nodiscard]] Status check_oci_layout(std::string_view text);

}  // namespace sourceos::bundle
