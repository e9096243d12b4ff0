// Signatures: stripped, forged, moved, doubled, malleable.
#include "tests/broken/case_tables.hpp"

#include "bundle/key.hpp"
#include "bundle/sidecar.hpp"
#include "bundle/statement.hpp"
#include "core/bytes.hpp"

namespace sourceos::tests {
namespace {

using verify::Decision;

std::string& envelope(Scene& scene) {
  return scene.bundle.attached_content(bundle::k_sigstore_media_type);
}
void edit_envelope(Scene& scene, std::string_view old, std::string_view replacement) {
  envelope(scene) = replaced(envelope(scene), old, replacement);
  scene.bundle.after_attached();
}
std::string signature_of(Scene& scene) {
  return bundle::parse_sigstore_bundle(envelope(scene))->signature;
}
void set_signature(Scene& scene, const std::string& signature) {
  edit_envelope(scene, base64_encode(signature_of(scene)), base64_encode(signature));
}
std::string hint_of(char name) { return bundle::key_hint(signer(name).public_key()); }

std::string raw_signature(char name, std::string_view bytes) {
  std::string seed(bundle::SecretKey::k_seed_size, name);
  return bundle::SecretKey::from_seed(bundle::SecretBytes::take(seed))->sign(bytes);
}

void strip(Scene& scene) {
  scene.bundle.signers = "";
  scene.bundle.after_payload();
}
void sign_by(Scene& scene, std::string_view names) {
  scene.bundle.signers = names;
  scene.bundle.after_payload();
}

void flip_signature(Scene& scene) {
  std::string signature = signature_of(scene);
  signature[10] = static_cast<char>(signature[10] ^ 1);
  set_signature(scene, signature);
}

// S + L verifies where S is not reduced.
void add_group_order(Scene& scene) {
  const std::string order =
      *hex_decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  std::string signature = signature_of(scene);
  unsigned carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const unsigned sum = static_cast<unsigned char>(signature[32 + i]) +
                         static_cast<unsigned char>(order[i]) + carry;
    signature[32 + i] = static_cast<char>(sum & 255U);
    carry = sum >> 8U;
  }
  set_signature(scene, signature);
}

void use_identity_as_r(Scene& scene) {
  set_signature(scene, "\x01" + std::string(63, '\0'));
}

void sign_by_stranger_under_our_hint(Scene& scene) {
  sign_by(scene, "x");
  edit_envelope(scene, hint_of(k_stranger), hint_of(k_bundle_signer));
}

// Both signatures are the same key's: once with its hint, once without.
void sign_twice_by_same_key(Scene& scene) {
  ForgedBundle::Attached again = scene.bundle.attached[0];
  again.content = replaced(again.content, "\"hint\":\"" + hint_of(k_bundle_signer) + "\"", "");
  scene.bundle.attached.push_back(std::move(again));
  scene.bundle.after_attached();
  scene.options.threshold = 2;
}

void sign_other_statement_too(Scene& scene) {
  const std::string other = replaced(scene.bundle.payload, "\"mode\":\"read-only\"",
                                     "\"mode\":\"apply\"");
  scene.bundle.attached.push_back(
      {std::string(bundle::k_sigstore_media_type),
       *bundle::sign_sigstore_bundle(other, signer(k_second_signer)), {}});
  scene.bundle.after_attached();
}

void two_keys_of_one_holder(Scene& scene) {
  sign_by(scene, "bc");
  scene.key(k_second_signer).holder = scene.key(k_bundle_signer).holder;
  scene.options.threshold = 2;
}

void attach_sidecar(Scene& scene, std::string_view type, std::string content) {
  scene.bundle.attached.push_back({std::string(type), std::move(content), {}});
  scene.bundle.after_attached();
}

void spoil_minisign(Scene& scene) {
  attach_sidecar(scene, bundle::k_minisign_media_type,
                 *bundle::write_minisign("another manifest", signer(k_sidecar_signer), "seq 7"));
}
void spoil_ssh(Scene& scene) {
  attach_sidecar(scene, bundle::k_sshsig_media_type,
                 *bundle::write_ssh_signature("another manifest", signer(k_sidecar_signer)));
}

}  // namespace

std::vector<BrokenCase> signature_cases() {
  return {
      {"signatures-stripped", strip, Decision::unverifiable, "signature", "untrusted-key"},
      {"signed-by-stranger", [](Scene& s) { sign_by(s, "x"); }, Decision::unverifiable, "signature", "untrusted-key"},
      {"no-trust", [](Scene& s) { s.trust_source = verify::Trust::Source::none; }, Decision::unverifiable, "signature", "untrusted-key"},
      {"stranger-under-our-hint", sign_by_stranger_under_our_hint, Decision::failed, "signature", "bad-signature"},
      {"signature-bit-flip", flip_signature, Decision::failed, "signature", "bad-signature"},
      {"signature-malleable-s", add_group_order, Decision::failed, "signature", "bad-signature"},
      {"signature-identity-r", use_identity_as_r, Decision::failed, "signature", "bad-signature"},
      {"signature-zero", [](Scene& s) { set_signature(s, std::string(64, '\0')); }, Decision::failed, "signature", "bad-signature"},
      {"signature-cut", [](Scene& s) { set_signature(s, signature_of(s).substr(0, 63)); }, Decision::failed, "signature", "bad-signature"},
      {"signature-without-pae", [](Scene& s) { set_signature(s, raw_signature('b', s.bundle.payload)); }, Decision::failed, "signature", "bad-signature"},
      {"signature-of-other-type", [](Scene& s) { set_signature(s, raw_signature('b', bundle::pae("application/json", s.bundle.payload))); }, Decision::failed, "signature", "bad-signature"},
      {"payload-type-other", [](Scene& s) { edit_envelope(s, "application/vnd.in-toto+json", "application/json"); }, Decision::failed, "envelope", "malformed"},
      {"envelope-two-signatures", [](Scene& s) { edit_envelope(s, "[{\"sig\":", "[{\"sig\":\"AAAA\"},{\"sig\":"); }, Decision::failed, "envelope", "malformed"},
      {"envelope-key-id", [](Scene& s) { edit_envelope(s, "{\"sig\":", "{\"keyid\":\"\",\"sig\":"); }, Decision::failed, "envelope", "malformed"},
      {"envelope-certificate", [](Scene& s) { edit_envelope(s, "\"publicKey\":{", "\"certificate\":{},\"publicKey\":{"); }, Decision::failed, "envelope", "malformed"},
      {"envelope-white-space", [](Scene& s) { edit_envelope(s, ",\"mediaType\"", ", \"mediaType\""); }, Decision::failed, "envelope", "malformed"},
      {"envelope-base64-slack", [](Scene& s) { edit_envelope(s, "\"payload\":\"", "\"payload\":\"\\n"); }, Decision::failed, "envelope", "malformed"},
      {"envelope-other-version", [](Scene& s) { edit_envelope(s, "v0.3+json", "v0.2+json"); }, Decision::failed, "envelope", "malformed"},
      {"same-key-twice-for-two", sign_twice_by_same_key, Decision::unverifiable, "threshold", "threshold"},
      {"one-holder-twice-for-two", two_keys_of_one_holder, Decision::unverifiable, "threshold", "threshold"},
      {"one-signer-for-two", [](Scene& s) { s.options.threshold = 2; }, Decision::unverifiable, "threshold", "threshold"},
      {"two-statements", sign_other_statement_too, Decision::failed, "statement", "payload-mismatch"},
      {"signed-by-log-key", [](Scene& s) { sign_by(s, "l"); }, Decision::failed, "key", "key-role"},
      {"signed-by-root-key", [](Scene& s) { sign_by(s, "r"); }, Decision::failed, "key", "key-role"},
      {"sidecar-minisign-wrong", spoil_minisign, Decision::failed, "sidecars", "bad-signature"},
      {"sidecar-ssh-wrong", spoil_ssh, Decision::failed, "sidecars", "bad-signature"},
      {"sidecar-no-signature", [](Scene& s) { attach_sidecar(s, bundle::k_minisign_media_type, "hello"); }, Decision::failed, "sidecars", "malformed"},
  };
}

}  // namespace sourceos::tests
