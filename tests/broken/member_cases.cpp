// Blobs and files: changed, cut, lengthened, missing, too many, swapped.
#include "tests/broken/case_tables.hpp"

#include "bundle/statement.hpp"

namespace sourceos::tests {
namespace {

using verify::Decision;

void flip(Scene& scene, const std::string& name) {
  std::string& bytes = scene.bundle.files.at(name);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
}

std::string pack_name(const Scene& scene) { return scene.bundle.name_of(scene.bundle.layers[1]); }
std::string index_name(const Scene& scene) { return scene.bundle.name_of(scene.bundle.layers[0]); }
std::string record_name(const Scene& scene) {
  return scene.bundle.name_of(scene.bundle.record_bytes);
}
std::string manifest_name(const Scene& scene) {
  return scene.bundle.name_of(scene.bundle.manifest);
}
std::string bundle_index_name(const Scene& scene) {
  return scene.bundle.name_of(scene.bundle.bundle_index);
}

ForgedBundle another_bundle() {
  ForgedBundle other;
  other.members[0].second = R"({"head":"ffff0000"})";
  other.record["runId"] = std::string(32, 'e');
  other.after_members();
  return other;
}

// A good bundle's pack under this bundle's name for it.
void swap_pack(Scene& scene) {
  scene.bundle.files[pack_name(scene)] = another_bundle().layers[1];
}

void take_over_signature_manifest(Scene& scene) {
  scene.bundle.attached[0] = another_bundle().attached[0];
  scene.bundle.after_attached_manifests();
}

void take_over_signature(Scene& scene) {
  scene.bundle.attached[0].content = another_bundle().attached[0].content;
  scene.bundle.after_attached();
}

void change_content_behind_the_index(Scene& scene) {
  scene.bundle.members[0].second = R"({"head":"ffffffff"})";
  scene.bundle.pack = tar_of(scene.bundle.members);
  scene.bundle.after_pack();
}

void drop_line(Scene& scene) {
  scene.bundle.lines.erase(scene.bundle.lines.begin());
  scene.bundle.after_lines();
}

void drop_member(Scene& scene) {
  scene.bundle.members.pop_back();
  scene.bundle.pack = tar_of(scene.bundle.members);
  scene.bundle.after_pack();
}

}  // namespace

std::vector<BrokenCase> member_cases() {
  return {
      {"pack-bit-flip", [](Scene& s) { flip(s, pack_name(s)); }, Decision::failed, "digests", "digest-mismatch"},
      {"index-bit-flip", [](Scene& s) { flip(s, index_name(s)); }, Decision::failed, "digests", "digest-mismatch"},
      {"record-bit-flip", [](Scene& s) { flip(s, record_name(s)); }, Decision::failed, "descriptors", "digest-mismatch"},
      {"manifest-bit-flip", [](Scene& s) { flip(s, manifest_name(s)); }, Decision::failed, "manifest", "digest-mismatch"},
      {"bundle-index-bit-flip", [](Scene& s) { flip(s, bundle_index_name(s)); }, Decision::failed, "manifest", "digest-mismatch"},
      {"pack-cut", [](Scene& s) { s.bundle.files[pack_name(s)].pop_back(); }, Decision::failed, "descriptors", "digest-mismatch"},
      {"pack-lengthened", [](Scene& s) { s.bundle.files[pack_name(s)] += '\0'; }, Decision::failed, "descriptors", "digest-mismatch"},
      {"record-lengthened", [](Scene& s) { s.bundle.files[record_name(s)] += ' '; }, Decision::failed, "descriptors", "digest-mismatch"},
      {"pack-missing", [](Scene& s) { s.bundle.files.erase(pack_name(s)); }, Decision::failed, "descriptors", "missing-member"},
      {"index-missing", [](Scene& s) { s.bundle.files.erase(index_name(s)); }, Decision::failed, "descriptors", "missing-member"},
      {"record-missing", [](Scene& s) { s.bundle.files.erase(record_name(s)); }, Decision::failed, "descriptors", "missing-member"},
      {"manifest-missing", [](Scene& s) { s.bundle.files.erase(manifest_name(s)); }, Decision::failed, "manifest", "missing-member"},
      {"bundle-index-missing", [](Scene& s) { s.bundle.files.erase(bundle_index_name(s)); }, Decision::failed, "manifest", "missing-member"},
      {"signature-blob-missing", [](Scene& s) { s.bundle.files.erase(s.bundle.name_of(s.bundle.attached[0].content)); }, Decision::failed, "descriptors", "missing-member"},
      {"empty-config-missing", [](Scene& s) { s.bundle.files.erase(s.bundle.name_of("{}")); }, Decision::failed, "descriptors", "missing-member"},
      {"oci-layout-missing", [](Scene& s) { s.bundle.files.erase("oci-layout"); }, Decision::failed, "layout", "missing-member"},
      {"index-json-missing", [](Scene& s) { s.bundle.files.erase("index.json"); }, Decision::failed, "index.json", "missing-member"},
      {"blob-unlisted", [](Scene& s) { s.bundle.files[s.bundle.name_of("extra")] = "extra"; }, Decision::failed, "unlisted", "unlisted-member"},
      {"file-unlisted", [](Scene& s) { s.bundle.files["README"] = "read me"; }, Decision::failed, "unlisted", "unlisted-member"},
      {"blob-named-otherwise", [](Scene& s) { s.bundle.files["blobs/sha256/latest"] = "x"; }, Decision::failed, "unlisted", "unlisted-member"},
      {"blob-of-other-algorithm", [](Scene& s) { s.bundle.files["blobs/sha512/" + std::string(128, '0')] = "x"; }, Decision::failed, "unlisted", "unlisted-member"},
      {"pack-of-another-bundle", swap_pack, Decision::failed, "descriptors", "digest-mismatch"},
      {"signature-manifest-of-another-bundle", take_over_signature_manifest, Decision::failed, "descriptors", "descriptor"},
      {"signature-of-another-bundle", take_over_signature, Decision::failed, "statement", "record-mismatch"},
      {"content-changed-and-signed", change_content_behind_the_index, Decision::failed, "content", "digest-mismatch"},
      {"line-dropped-and-signed", drop_line, Decision::failed, "content", "descriptor"},
      {"member-dropped-and-signed", drop_member, Decision::failed, "content", "malformed"},
  };
}

}  // namespace sourceos::tests
