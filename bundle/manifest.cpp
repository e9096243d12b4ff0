// Documents, canonical JSON (keys sorted, no white space); a DESCRIPTOR is
// {"digest":"sha256:<hex>","mediaType":STR,"size":INT} and nothing more.
//
//   M            {"artifactType":BUNDLE,"config":DESCRIPTOR,"layers":[DESCRIPTOR,...],
//                 "mediaType":MANIFEST,"schemaVersion":2}
//   attached     {"artifactType":TYPE,"config":EMPTY,"layers":[DESCRIPTOR],
//                 "mediaType":MANIFEST,"schemaVersion":2,"subject":DESCRIPTOR}
//   I            {"manifests":[DESCRIPTOR,...],"mediaType":INDEX,"schemaVersion":2}
//   index.json   {"manifests":[DESCRIPTOR with annotations],"mediaType":INDEX,"schemaVersion":2}
//   oci-layout   {"imageLayoutVersion":"1.0.0"}
#include "bundle/manifest.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "bundle/statement.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

namespace {

constexpr std::string_view k_tag_annotation = "org.opencontainers.image.ref.name";
constexpr std::string_view k_layout_text = R"({"imageLayoutVersion":"1.0.0"})";
constexpr std::size_t k_attached_max = limits::k_bundle_files_max;

std::unexpected<Error> malformed(std::string why) {
  return fail(ErrorKind::malformed, "malformed", std::move(why));
}

json::Value to_value(const Descriptor& descriptor) {
  return {{"digest", descriptor.digest.text()},
          {"mediaType", descriptor.media_type},
          {"size", descriptor.size}};
}

// Our own values hold nothing that canonical JSON cannot.
std::string write(const json::Value& value) { return json::write_canonical(value).value(); }

Status check_keys(const json::Value& value, std::string_view what,
                  std::initializer_list<std::string_view> keys) {
  if (!value.is_object()) {
    return malformed(fmt::format("{}: expected an object", what));
  }
  for (const std::string_view key : keys) {
    if (!value.contains(key)) {
      return malformed(fmt::format("{}: '{}' is missing", what, key));
    }
  }
  if (value.size() != keys.size()) {
    return malformed(fmt::format("{}: {} keys, expected {}", what, value.size(), keys.size()));
  }
  return {};
}

Status check_text(const json::Value& value, std::string_view key, std::string_view expected) {
  if (!value.at(key).is_string() || value.at(key).get_ref<const std::string&>() != expected) {
    return malformed(fmt::format("'{}' is not '{}'", key, expected));
  }
  return {};
}

Status check_version(const json::Value& value) {
  const json::Value& version = value.at("schemaVersion");
  if (!version.is_number_unsigned() || version.get<std::uint64_t>() != 2) {
    return malformed("'schemaVersion' is not 2");
  }
  return {};
}

// The three fields of a descriptor whose keys were checked.
Result<Descriptor> read_descriptor_fields(const json::Value& value, std::string_view what) {
  const json::Value& media_type = value.at("mediaType");
  const json::Value& digest = value.at("digest");
  const json::Value& size = value.at("size");
  if (!media_type.is_string() || !digest.is_string() || !size.is_number_unsigned() ||
      size.get<std::uint64_t>() > limits::k_json_integer_max) {
    return malformed(fmt::format("{}: expected a media type, a digest and a size", what));
  }
  SOURCEOS_TRY_ASSIGN_CONTEXT(Digest parsed, Digest::parse(digest.get_ref<const std::string&>()),
                              std::string(what));
  return Descriptor{media_type.get<std::string>(), parsed, size.get<std::uint64_t>()};
}

Result<Descriptor> read_descriptor(const json::Value& value, std::string_view what) {
  SOURCEOS_TRY(check_keys(value, what, {"digest", "mediaType", "size"}));
  return read_descriptor_fields(value, what);
}

Result<std::vector<Descriptor>> read_descriptors(const json::Value& value, std::string_view what,
                                                 std::size_t count_max) {
  if (!value.is_array()) {
    return malformed(fmt::format("{}: expected an array", what));
  }
  if (value.size() > count_max) {
    return fail(
        ErrorKind::limit, "limit",
        fmt::format("{}: {} descriptors, at most {} are allowed", what, value.size(), count_max));
  }
  std::vector<Descriptor> descriptors;
  std::set<Digest> seen;
  for (const json::Value& item : value) {
    SOURCEOS_TRY_ASSIGN(Descriptor descriptor, read_descriptor(item, what));
    if (!seen.insert(descriptor.digest).second) {
      return fail(ErrorKind::malformed, "descriptor",
                  fmt::format("{}: {} stands twice", what, descriptor.digest.text()));
    }
    descriptors.push_back(std::move(descriptor));
  }
  return descriptors;
}

Status check_layers(const std::vector<Descriptor>& layers) {
  if (layers.empty() || layers.front().media_type != k_index_media_type) {
    return fail(ErrorKind::malformed, "descriptor", "the first layer is not an index");
  }
  for (std::size_t i = 1; i < layers.size(); ++i) {
    if (layers[i].media_type != k_pack_media_type && layers[i].media_type != k_segment_media_type) {
      return fail(ErrorKind::malformed, "descriptor",
                  fmt::format("layer {} is neither a pack nor a segment", i));
    }
  }
  return {};
}

bool is_attached_type(std::string_view type) {
  return type == k_sigstore_media_type || type == k_log_proof_media_type ||
         type == k_minisign_media_type || type == k_sshsig_media_type ||
         type == k_disclosure_media_type;
}

// Signatures, then log proofs, then others; each by digest.
std::pair<int, Digest> place_of(const AttachedDescriptor& attached) {
  const int group = attached.artifact_type == k_sigstore_media_type    ? 0
                    : attached.artifact_type == k_log_proof_media_type ? 1
                                                                       : 2;
  return {group, attached.descriptor.digest};
}

bool stands_before(const AttachedDescriptor& a, const AttachedDescriptor& b) {
  return place_of(a) < place_of(b);
}

// index.json of a copy tool may lack the media type and the annotations.
Status check_layout_index_keys(const json::Value& value) {
  if (!value.is_object() || !value.contains("schemaVersion") || !value.contains("manifests")) {
    return malformed("index.json: expected 'schemaVersion' and 'manifests'");
  }
  SOURCEOS_TRY(check_version(value));
  if (value.contains("mediaType")) {
    SOURCEOS_TRY(check_text(value, "mediaType", k_image_index_media_type));
  }
  if (value.size() != (value.contains("mediaType") ? 3U : 2U)) {
    return malformed("index.json: a key that does not belong there");
  }
  return {};
}

Status check_tag(const json::Value& annotations) {
  if (!annotations.is_object() || annotations.size() > 1 ||
      (annotations.size() == 1 && !annotations.contains(k_tag_annotation))) {
    return malformed("index.json: an annotation other than the tag");
  }
  if (annotations.size() == 1 && !annotations.at(k_tag_annotation).is_string()) {
    return malformed("index.json: a tag that is no string");
  }
  return {};
}

}  // namespace

Descriptor describe_blob(std::string_view media_type, std::string_view bytes) {
  return {std::string(media_type), sha256(bytes), bytes.size()};
}

std::string write_manifest(const Manifest& manifest) {
  json::Value layers = json::Value::array();
  for (const Descriptor& layer : manifest.layers) {
    layers.push_back(to_value(layer));
  }
  return write({{"artifactType", k_bundle_artifact_type},
                {"config", to_value(manifest.config)},
                {"layers", std::move(layers)},
                {"mediaType", k_manifest_media_type},
                {"schemaVersion", 2U}});
}

Result<Manifest> parse_manifest(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse_canonical(text));
  SOURCEOS_TRY(check_keys(value, "manifest",
                          {"artifactType", "config", "layers", "mediaType", "schemaVersion"}));
  SOURCEOS_TRY(check_text(value, "artifactType", k_bundle_artifact_type));
  SOURCEOS_TRY(check_text(value, "mediaType", k_manifest_media_type));
  SOURCEOS_TRY(check_version(value));
  Manifest manifest;
  SOURCEOS_TRY_ASSIGN(manifest.config, read_descriptor(value.at("config"), "config"));
  if (manifest.config.media_type != k_record_media_type) {
    return fail(ErrorKind::malformed, "descriptor", "the config is not a record");
  }
  SOURCEOS_TRY_ASSIGN(manifest.layers,
                      read_descriptors(value.at("layers"), "layers", limits::k_layers_max));
  SOURCEOS_TRY(check_layers(manifest.layers));
  return manifest;
}

std::string write_attached_manifest(const AttachedManifest& manifest) {
  return write({{"artifactType", manifest.layer.media_type},
                {"config", to_value(describe_blob(k_empty_media_type, k_empty_config))},
                {"layers", json::Value::array({to_value(manifest.layer)})},
                {"mediaType", k_manifest_media_type},
                {"schemaVersion", 2U},
                {"subject", to_value(manifest.subject)}});
}

Result<AttachedManifest> parse_attached_manifest(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse_canonical(text));
  SOURCEOS_TRY(
      check_keys(value, "attached manifest",
                 {"artifactType", "config", "layers", "mediaType", "schemaVersion", "subject"}));
  SOURCEOS_TRY(check_text(value, "mediaType", k_manifest_media_type));
  SOURCEOS_TRY(check_version(value));
  SOURCEOS_TRY_ASSIGN(const Descriptor config, read_descriptor(value.at("config"), "config"));
  if (config != describe_blob(k_empty_media_type, k_empty_config)) {
    return malformed("attached manifest: the config is not the empty one");
  }
  SOURCEOS_TRY_ASSIGN(std::vector<Descriptor> layers,
                      read_descriptors(value.at("layers"), "layers", 1));
  if (layers.empty()) {
    return malformed("attached manifest: expected one layer");
  }
  if (!is_attached_type(layers[0].media_type)) {
    return malformed("attached manifest: a type that does not belong to a bundle");
  }
  SOURCEOS_TRY(check_text(value, "artifactType", layers[0].media_type));
  SOURCEOS_TRY_ASSIGN(Descriptor subject, read_descriptor(value.at("subject"), "subject"));
  return AttachedManifest{std::move(layers[0]), std::move(subject)};
}

std::string write_bundle_index(const Descriptor& manifest,
                               std::vector<AttachedDescriptor> attached) {
  std::sort(attached.begin(), attached.end(), stands_before);
  json::Value manifests = json::Value::array({to_value(manifest)});
  for (const AttachedDescriptor& each : attached) {
    manifests.push_back(to_value(each.descriptor));
  }
  return write({{"manifests", std::move(manifests)},
                {"mediaType", k_image_index_media_type},
                {"schemaVersion", 2U}});
}

Result<BundleIndex> parse_bundle_index(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse_canonical(text));
  SOURCEOS_TRY(check_keys(value, "bundle index", {"manifests", "mediaType", "schemaVersion"}));
  SOURCEOS_TRY(check_text(value, "mediaType", k_image_index_media_type));
  SOURCEOS_TRY(check_version(value));
  SOURCEOS_TRY_ASSIGN(std::vector<Descriptor> manifests,
                      read_descriptors(value.at("manifests"), "manifests", k_attached_max));
  if (manifests.empty()) {
    return malformed("bundle index: no manifest");
  }
  for (const Descriptor& descriptor : manifests) {
    if (descriptor.media_type != k_manifest_media_type) {
      return fail(ErrorKind::malformed, "descriptor", "bundle index: not a manifest");
    }
  }
  BundleIndex index{manifests.front(), {}};
  index.attached.assign(manifests.begin() + 1, manifests.end());
  return index;
}

Status check_attached_order(const std::vector<AttachedDescriptor>& attached) {
  if (!std::is_sorted(attached.begin(), attached.end(), stands_before)) {
    return malformed("bundle index: expected signatures, log proofs and others, each by digest");
  }
  return {};
}

std::string write_layout_index(const std::optional<Descriptor>& bundle_index) {
  json::Value manifests = json::Value::array();
  if (bundle_index) {
    json::Value descriptor = to_value(*bundle_index);
    descriptor["annotations"] = {{std::string(k_tag_annotation), k_bundle_tag}};
    manifests.push_back(std::move(descriptor));
  }
  return write({{"manifests", std::move(manifests)},
                {"mediaType", k_image_index_media_type},
                {"schemaVersion", 2U}});
}

Result<Descriptor> parse_layout_index(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse(text));
  SOURCEOS_TRY(check_layout_index_keys(value));
  const json::Value& manifests = value.at("manifests");
  if (!manifests.is_array() || manifests.size() != 1) {
    return malformed("index.json: expected one descriptor");
  }
  const json::Value& descriptor = manifests[0];
  if (descriptor.is_object() && descriptor.contains("annotations")) {
    SOURCEOS_TRY(
        check_keys(descriptor, "index.json", {"annotations", "digest", "mediaType", "size"}));
    SOURCEOS_TRY(check_tag(descriptor.at("annotations")));
    return read_descriptor_fields(descriptor, "index.json");
  }
  return read_descriptor(descriptor, "index.json");
}

std::string_view write_oci_layout() { return k_layout_text; }

Status check_oci_layout(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse(text));
  SOURCEOS_TRY(check_keys(value, "oci-layout", {"imageLayoutVersion"}));
  return check_text(value, "imageLayoutVersion", "1.0.0");
}

}  // namespace sourceos::bundle
