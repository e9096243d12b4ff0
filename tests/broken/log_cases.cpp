// The bundle's place in the log: leaf, proof, checkpoint; forks seen by a verifier's memory.
#include "tests/broken/case_tables.hpp"

namespace sourceos::tests {
namespace {

using bundle::log::LeafKind;
using verify::Decision;

std::string& proof_text(Scene& scene) {
  return scene.bundle.attached_content(bundle::k_log_proof_media_type);
}
void edit_proof_text(Scene& scene, std::string_view old, std::string_view replacement) {
  proof_text(scene) = replaced(proof_text(scene), old, replacement);
  scene.bundle.after_attached();
}
void edit_leaf(Scene& scene, const std::function<void(bundle::log::Leaf&)>& change) {
  change(scene.bundle.leaf);
  scene.bundle.after_leaf();
}
void edit_leaf_text(Scene& scene, std::string_view old, std::string_view replacement) {
  scene.bundle.proof.leaf = replaced(scene.bundle.proof.leaf, old, replacement);
  scene.bundle.after_proof();
}
void sign_checkpoint(Scene& scene, const bundle::log::Checkpoint& checkpoint, char name) {
  scene.bundle.proof.checkpoint = *bundle::log::sign_checkpoint(checkpoint, signer(name));
  scene.bundle.after_proof();
}

void drop_proof(Scene& scene) {
  std::erase_if(scene.bundle.attached, [](const ForgedBundle::Attached& each) {
    return each.type == bundle::k_log_proof_media_type;
  });
  scene.bundle.after_attached();
}

void use_other_origin(Scene& scene) {
  bundle::log::Checkpoint checkpoint = scene.bundle.checkpoint;
  checkpoint.origin = bundle::log::origin_of(std::string(32, '9'), false);
  sign_checkpoint(scene, checkpoint, k_log_signer);
}
void use_test_origin(Scene& scene) {
  bundle::log::Checkpoint checkpoint = scene.bundle.checkpoint;
  checkpoint.origin = bundle::log::origin_of(
      scene.bundle.record["sequence"]["logId"].get<std::string>(), true);
  sign_checkpoint(scene, checkpoint, k_log_signer);
}
void use_other_root(Scene& scene) {
  bundle::log::Checkpoint checkpoint = scene.bundle.checkpoint;
  checkpoint.root = bundle::sha256("another tree");
  sign_checkpoint(scene, checkpoint, k_log_signer);
}
void use_smaller_tree(Scene& scene) {
  bundle::log::Checkpoint checkpoint = scene.bundle.checkpoint;
  checkpoint.size = 7;
  checkpoint.root = *scene.bundle.tree.root_of(7);
  sign_checkpoint(scene, checkpoint, k_log_signer);
}

// The signature of the checkpoint with one bit changed, still base64.
void flip_checkpoint_signature(Scene& scene) {
  std::string& text = scene.bundle.proof.checkpoint;
  char& digit = text[text.size() - 10];
  digit = digit == 'A' ? 'B' : 'A';
  scene.bundle.after_proof();
}

void claim_other_place(Scene& scene) {
  scene.bundle.record["sequence"]["seq"] = 8;
  scene.bundle.after_record();
}

void drop_hash(Scene& scene) {
  scene.bundle.proof.hashes.pop_back();
  scene.bundle.after_proof();
}
void change_hash(Scene& scene) {
  scene.bundle.proof.hashes[0] = bundle::sha256("another leaf");
  scene.bundle.after_proof();
}

void remember(Scene& scene, std::uint64_t size, const bundle::Digest& root) {
  scene.remembered.push_back({size, root, UtcTime::from_seconds(1'779'000'000)});
}
void remember_fork(Scene& scene) {
  remember(scene, scene.bundle.checkpoint.size, bundle::sha256("another tree"));
}
void remember_smaller_without_proof(Scene& scene) {
  remember(scene, 5, *scene.bundle.tree.root_of(5));
}
// The log was rewritten after the verifier saw five leaves of it.
void remember_another_history(Scene& scene) {
  remember(scene, 5, bundle::sha256("another tree"));
  scene.options.consistency.push_back({scene.bundle.checkpoint.origin, 5,
                                       scene.bundle.checkpoint.size,
                                       *scene.bundle.tree.consistency(5, 11)});
}

}  // namespace

std::vector<BrokenCase> log_cases() {
  return {
      {"leaf-of-another-bundle", [](Scene& s) { edit_leaf(s, [](auto& leaf) { leaf.bundle = bundle::sha256("m"); }); }, Decision::failed, "log-proof", "log-proof"},
      {"leaf-of-another-statement", [](Scene& s) { edit_leaf(s, [](auto& leaf) { leaf.payload = bundle::sha256("p"); }); }, Decision::failed, "log-proof", "log-proof"},
      {"leaf-of-another-kind", [](Scene& s) { edit_leaf(s, [](auto& leaf) { leaf.kind = LeafKind::import; }); }, Decision::failed, "log-proof", "log-proof"},
      {"leaf-of-another-intent", [](Scene& s) { edit_leaf(s, [](auto& leaf) { leaf.ref = 3; }); }, Decision::failed, "log-proof", "log-proof"},
      {"leaf-of-another-place", [](Scene& s) { edit_leaf(s, [](auto& leaf) { leaf.seq = 6; }); }, Decision::failed, "log-proof", "log-proof"},
      {"leaf-changed", [](Scene& s) { edit_leaf_text(s, "2026", "2025"); }, Decision::failed, "log-proof", "log-proof"},
      {"leaf-unknown-key", [](Scene& s) { edit_leaf_text(s, "\"v\":1", "\"v\":1,\"w\":1"); }, Decision::failed, "log-proof", "malformed"},
      {"record-of-another-place", claim_other_place, Decision::failed, "log-proof", "log-proof"},
      {"proof-index-other", [](Scene& s) { edit_proof_text(s, "index 7", "index 6"); }, Decision::failed, "log-proof", "log-proof"},
      {"proof-hash-missing", drop_hash, Decision::failed, "log-proof", "log-proof"},
      {"proof-hash-other", change_hash, Decision::failed, "log-proof", "log-proof"},
      {"proof-no-extra", [](Scene& s) { edit_proof_text(s, "extra ", "other "); }, Decision::failed, "log-proof", "malformed"},
      {"proof-cut", [](Scene& s) { proof_text(s).resize(60); s.bundle.after_attached(); }, Decision::failed, "log-proof", "malformed"},
      {"checkpoint-of-another-log", use_other_origin, Decision::failed, "log-proof", "log-proof"},
      {"checkpoint-of-test-log", use_test_origin, Decision::failed, "log-proof", "log-proof"},
      {"checkpoint-of-another-tree", use_other_root, Decision::failed, "log-proof", "log-proof"},
      {"checkpoint-tail-cut", use_smaller_tree, Decision::failed, "log-proof", "log-proof"},
      {"checkpoint-signature-flipped", flip_checkpoint_signature, Decision::failed, "log-proof", "bad-signature"},
      {"checkpoint-by-bundle-key", [](Scene& s) { sign_checkpoint(s, s.bundle.checkpoint, 'b'); }, Decision::failed, "log-proof", "key-role"},
      {"checkpoint-by-stranger", [](Scene& s) { sign_checkpoint(s, s.bundle.checkpoint, 'x'); }, Decision::verified, "log-proof", "untrusted-key"},
      {"log-key-expired", [](Scene& s) { s.key('l').valid_until = UtcTime::from_seconds(1'700'000'000); }, Decision::failed, "log-proof", "key-expired"},
      {"proof-stripped", drop_proof, Decision::verified, "log-proof", "log-proof"},
      {"log-forked", remember_fork, Decision::failed, "sequence", "log-fork"},
      {"log-consistency-missing", remember_smaller_without_proof, Decision::verified, "sequence", "consistency-missing"},
      {"log-rewritten", remember_another_history, Decision::failed, "sequence", "log-proof"},
  };
}

}  // namespace sourceos::tests
