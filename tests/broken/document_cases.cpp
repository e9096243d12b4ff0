// index.json, I, M, attached manifests, the statement and the record.
#include "tests/broken/case_tables.hpp"

#include "bundle/statement.hpp"

#include <fmt/format.h>

namespace sourceos::tests {
namespace {

using verify::Decision;

void edit_manifest(Scene& scene, std::string_view old, std::string_view replacement) {
  scene.bundle.manifest = replaced(scene.bundle.manifest, old, replacement);
  scene.bundle.after_manifest();
}
void edit_bundle_index(Scene& scene, std::string_view old, std::string_view replacement) {
  scene.bundle.bundle_index = replaced(scene.bundle.bundle_index, old, replacement);
  scene.bundle.after_bundle_index();
}
void edit_index_json(Scene& scene, std::string_view old, std::string_view replacement) {
  scene.bundle.files["index.json"] = replaced(scene.bundle.files["index.json"], old, replacement);
}
void edit_attached(Scene& scene, std::string_view old, std::string_view replacement) {
  scene.bundle.attached[0].manifest =
      replaced(scene.bundle.attached[0].manifest, old, replacement);
  scene.bundle.after_attached_manifests();
}
void edit_record_bytes(Scene& scene, std::string_view old, std::string_view replacement) {
  scene.bundle.record_bytes = replaced(scene.bundle.record_bytes, old, replacement);
  scene.bundle.after_record_bytes();
}
void edit_payload(Scene& scene, std::string_view old, std::string_view replacement) {
  scene.bundle.payload = replaced(scene.bundle.payload, old, replacement);
  scene.bundle.after_payload();
}

void lie_about_pack_size(Scene& scene) {
  const std::size_t size = scene.bundle.layers[1].size();
  edit_manifest(scene, fmt::format("\"size\":{}", size), fmt::format("\"size\":{}", size + 1));
}
void lie_about_record_size(Scene& scene) {
  const std::size_t size = scene.bundle.record_bytes.size();
  edit_manifest(scene, fmt::format("\"size\":{}", size), fmt::format("\"size\":{}", size - 1));
}
void lie_about_manifest_size(Scene& scene) {
  const std::size_t size = scene.bundle.manifest.size();
  edit_bundle_index(scene, fmt::format("\"size\":{}", size), fmt::format("\"size\":{}", size + 1));
}

void list_pack_twice(Scene& scene) {
  const std::size_t at = scene.bundle.manifest.find("},{\"digest\"");
  const std::size_t end = scene.bundle.manifest.find('}', at + 1);
  const std::string pack = scene.bundle.manifest.substr(at + 2, end - at - 1);
  edit_manifest(scene, pack, pack + "," + pack);
}

void list_too_many_layers(Scene& scene) {
  bundle::Manifest manifest = *bundle::parse_manifest(scene.bundle.manifest);
  for (int i = 0; i < 63; ++i) {
    manifest.layers.push_back(
        bundle::describe_blob(bundle::k_pack_media_type, "layer " + std::to_string(i)));
  }
  scene.bundle.manifest = bundle::write_manifest(manifest);
  scene.bundle.after_manifest();
}

void nest_manifest(Scene& scene) {
  edit_manifest(scene, "\"schemaVersion\":2",
                "\"schemaVersion\":" + std::string(40, '[') + "2" + std::string(40, ']'));
}

void add_signatures(Scene& scene) {
  scene.bundle.signers = "bcdefghijkmnopqtu";  // 17
  scene.bundle.after_payload();
}

void attach_of_other_type(Scene& scene) {
  scene.bundle.attached.push_back({"application/vnd.example.note.v1", "a note", {}});
  scene.bundle.after_attached();
}

void set_record(Scene& scene, const char* key, json::Value value) {
  scene.bundle.record[key] = std::move(value);
  scene.bundle.after_record();
}

void sign_other_record(Scene& scene) {
  edit_payload(scene, "\"mode\":\"read-only\"", "\"mode\":\"apply\"");
}
void sign_other_subject(Scene& scene) {
  edit_payload(scene, scene.bundle.id().hex(), bundle::sha256("another").hex());
}
void sign_two_subjects(Scene& scene) {
  edit_payload(scene, "\"subject\":[",
               "\"subject\":[{\"digest\":{\"sha256\":\"" + scene.bundle.id().hex() +
                   "\"},\"name\":\"evidence-manifest\"},");
}

}  // namespace

std::vector<BrokenCase> document_cases() {
  return {
      // index.json and I
      {"index-json-extra-key", [](Scene& s) { edit_index_json(s, "\"schemaVersion\":2", "\"schemaVersion\":2,\"x\":1"); }, Decision::failed, "index.json", "malformed"},
      {"index-json-two-descriptors", [](Scene& s) { edit_index_json(s, "\"manifests\":[", "\"manifests\":[{\"digest\":\"" + bundle::sha256("x").text() + "\",\"mediaType\":\"x\",\"size\":1},"); }, Decision::failed, "index.json", "malformed"},
      {"index-json-annotation", [](Scene& s) { edit_index_json(s, "org.opencontainers.image.ref.name", "org.opencontainers.image.title"); }, Decision::failed, "index.json", "malformed"},
      {"index-json-points-at-m", [](Scene& s) { s.bundle.files["index.json"] = bundle::write_layout_index(bundle::describe_blob(bundle::k_manifest_media_type, s.bundle.manifest)); }, Decision::failed, "index.json", "malformed"},
      {"index-json-bytes-after-nul", [](Scene& s) { s.bundle.files["index.json"] += std::string("\0more", 5); }, Decision::failed, "index.json", "malformed"},
      {"index-json-byte-order-mark", [](Scene& s) { s.bundle.files["index.json"].insert(0, "\xEF\xBB\xBF"); }, Decision::failed, "index.json", "malformed"},
      {"layout-file-bytes-after-nul", [](Scene& s) { s.bundle.files["oci-layout"] += std::string("\0more", 5); }, Decision::failed, "layout", "malformed"},
      {"index-json-no-json", [](Scene& s) { s.bundle.files["index.json"] = "{"; }, Decision::failed, "index.json", "malformed"},
      {"oci-layout-other-version", [](Scene& s) { s.bundle.files["oci-layout"] = R"({"imageLayoutVersion":"2.0.0"})"; }, Decision::failed, "layout", "malformed"},
      {"bundle-index-white-space", [](Scene& s) { s.bundle.bundle_index += "\n"; s.bundle.after_bundle_index(); }, Decision::failed, "manifest", "malformed"},
      {"bundle-index-artifact-type", [](Scene& s) { edit_bundle_index(s, "{\"digest\"", "{\"artifactType\":\"x\",\"digest\""); }, Decision::failed, "manifest", "malformed"},
      {"bundle-index-empty", [](Scene& s) { s.bundle.bundle_index = bundle::write_layout_index(std::nullopt); s.bundle.after_bundle_index(); }, Decision::failed, "manifest", "malformed"},
      {"manifest-size-lies", lie_about_manifest_size, Decision::failed, "manifest", "descriptor"},
      // M
      {"pack-size-lies", lie_about_pack_size, Decision::failed, "descriptors", "descriptor"},
      {"record-size-lies", lie_about_record_size, Decision::failed, "descriptors", "descriptor"},
      {"manifest-white-space", [](Scene& s) { edit_manifest(s, ",\"config\"", ", \"config\""); }, Decision::failed, "manifest", "malformed"},
      {"manifest-duplicate-key", [](Scene& s) { edit_manifest(s, "\"schemaVersion\":2", "\"schemaVersion\":2,\"schemaVersion\":2"); }, Decision::failed, "manifest", "malformed"},
      {"manifest-annotations", [](Scene& s) { edit_manifest(s, "{\"artifactType\"", "{\"annotations\":{},\"artifactType\""); }, Decision::failed, "manifest", "malformed"},
      {"descriptor-with-urls", [](Scene& s) { edit_manifest(s, "},\"layers\"", ",\"urls\":[\"https://example.org\"]},\"layers\""); }, Decision::failed, "manifest", "malformed"},
      {"descriptor-with-data", [](Scene& s) { edit_manifest(s, "\"config\":{", "\"config\":{\"data\":\"e30=\","); }, Decision::failed, "manifest", "malformed"},
      {"manifest-huge-number", [](Scene& s) { edit_manifest(s, "\"schemaVersion\":2", "\"schemaVersion\":2e400"); }, Decision::failed, "manifest", "malformed"},
      {"manifest-number-as-float", [](Scene& s) { edit_manifest(s, "\"schemaVersion\":2", "\"schemaVersion\":2.0"); }, Decision::failed, "manifest", "malformed"},
      {"manifest-deep-nesting", nest_manifest, Decision::failed, "manifest", "limit"},
      {"manifest-of-another-kind", [](Scene& s) { edit_manifest(s, "evidence.bundle.v1", "evidence.bundle.v2"); }, Decision::failed, "manifest", "malformed"},
      {"config-of-another-type", [](Scene& s) { edit_manifest(s, "evidence.record.v1+json", "evidence.record.v1+yaml"); }, Decision::failed, "manifest", "descriptor"},
      {"layer-of-another-type", [](Scene& s) { edit_manifest(s, "pack.v1.tar+zstd", "pack.v1.tar+gzip"); }, Decision::failed, "manifest", "descriptor"},
      {"layer-twice", list_pack_twice, Decision::failed, "manifest", "descriptor"},
      {"layers-too-many", list_too_many_layers, Decision::failed, "manifest", "limit"},
      // attached manifests
      {"attached-subject-other", [](Scene& s) { edit_attached(s, s.bundle.id().hex(), bundle::sha256("other").hex()); }, Decision::failed, "descriptors", "descriptor"},
      {"attached-extra-key", [](Scene& s) { edit_attached(s, "{\"artifactType\"", "{\"annotations\":{},\"artifactType\""); }, Decision::failed, "descriptors", "malformed"},
      {"attached-of-unknown-type", attach_of_other_type, Decision::failed, "descriptors", "malformed"},
      {"signatures-too-many", add_signatures, Decision::failed, "descriptors", "limit"},
      // statement
      {"statement-two-subjects", sign_two_subjects, Decision::failed, "statement", "malformed"},
      {"statement-other-subject", sign_other_subject, Decision::failed, "statement", "digest-mismatch"},
      {"statement-other-record", sign_other_record, Decision::failed, "statement", "record-mismatch"},
      {"statement-unknown-predicate", [](Scene& s) { edit_payload(s, "SourceOSEvidenceBundle.json", "SourceOSEvidenceBundle3.json"); }, Decision::unverifiable, "statement", "spec-version"},
      {"statement-white-space", [](Scene& s) { edit_payload(s, ",\"subject\"", ", \"subject\""); }, Decision::failed, "statement", "malformed"},
      // record
      {"record-unknown-version", [](Scene& s) { set_record(s, "specVersion", "1.1.0"); }, Decision::unverifiable, "record", "spec-version"},
      {"record-unknown-key", [](Scene& s) { set_record(s, "extra", 1); }, Decision::failed, "record", "malformed"},
      {"record-missing-field", [](Scene& s) { s.bundle.record.erase("nonClaims"); s.bundle.after_record(); }, Decision::failed, "record", "schema"},
      {"record-wrong-type", [](Scene& s) { set_record(s, "testSeams", "no"); s.bundle.after_record(); }, Decision::failed, "record", "schema"},
      {"record-unknown-mode", [](Scene& s) { set_record(s, "mode", "write"); }, Decision::failed, "record", "schema"},
      {"record-intent-after-itself", [](Scene& s) { s.bundle.record["sequence"]["intent"] = 7; s.bundle.after_record(); }, Decision::failed, "record", "schema"},
      {"record-open-intent-after-itself", [](Scene& s) { s.bundle.record["sequence"]["openIntents"] = {3, 8}; s.bundle.after_record(); }, Decision::failed, "record", "schema"},
      {"record-open-intents-out-of-order", [](Scene& s) { s.bundle.record["sequence"]["openIntents"] = {6, 3}; s.bundle.after_record(); }, Decision::failed, "record", "schema"},
      {"record-open-intent-twice", [](Scene& s) { s.bundle.record["sequence"]["openIntents"] = {3, 3}; s.bundle.after_record(); }, Decision::failed, "record", "schema"},
      {"record-counts-of-classes-changed", [](Scene& s) { s.bundle.record["redaction"]["byClass"][0]["value"] = 199; s.bundle.after_record(); }, Decision::failed, "redaction", "digest-mismatch"},
      {"record-ends-before-it-begins", [](Scene& s) { s.bundle.record["clock"]["startedBootMs"] = 1'000'000'000; s.bundle.after_record(); }, Decision::failed, "record", "schema"},
      {"record-white-space", [](Scene& s) { edit_record_bytes(s, ",\"mode\"", ", \"mode\""); }, Decision::failed, "record", "malformed"},
      {"record-duplicate-key", [](Scene& s) { edit_record_bytes(s, "\"mode\":", "\"mode\":\"apply\",\"mode\":"); }, Decision::failed, "record", "malformed"},
      {"record-made-under-seams", [](Scene& s) { set_record(s, "testSeams", true); }, Decision::failed, "test-seams", "test-seams"},
  };
}

}  // namespace sourceos::tests
