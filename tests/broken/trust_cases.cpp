// Keys that must not count, and trust files that must not be believed.
#include "tests/broken/case_tables.hpp"

#include "bundle/envelope.hpp"
#include "bundle/log/tlog_proof.hpp"
#include "core/bytes.hpp"
#include "host/files.hpp"
#include "tests/support/temporary_directory.hpp"

#include <fstream>

namespace sourceos::tests {
namespace {

using verify::Decision;
using verify::RevocationReason;

// The sample bundle finished a quarter of a second after this.
const UtcTime k_finished = UtcTime::from_seconds(1'767'225'600);
UtcTime days_later(int days) {
  return UtcTime::from_seconds(1'767'225'600 + std::int64_t{days} * 86'400);
}

void revoke(Scene& scene, char name, RevocationReason reason, UtcTime at) {
  scene.key(name).revocation = verify::Revocation{reason, at, std::nullopt};
}

// lastGood is a checkpoint from before the bundle.
void revoke_below_bundle(Scene& scene) {
  revoke(scene, k_bundle_signer, RevocationReason::compromised, days_later(10));
  verify::LastGood good;
  good.log_id = scene.bundle.record["sequence"]["logId"].get<std::string>();
  good.size = 5;
  good.root = *scene.bundle.tree.root_of(5);
  scene.key(k_bundle_signer).revocation->last_good = good;
  scene.options.consistency.push_back(
      {scene.bundle.checkpoint.origin, 5, scene.bundle.checkpoint.size,
       *scene.bundle.tree.consistency(5, scene.bundle.checkpoint.size)});
}

std::string signed_trust(const verify::TrustDocument& document, std::string_view roots) {
  std::vector<const bundle::Signer*> signers;
  for (const char name : roots) {
    signers.push_back(&signer(name));
  }
  return *bundle::sign_envelope(verify::k_trust_payload_type, verify::write_trust(document),
                                signers);
}

void write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

// Loads the files as a verifier would, one after the other with one memory; the last one counts.
void load(Scene& scene, const std::vector<std::string>& versions,
          const std::function<void(verify::TrustRequest&)>& change = {}) {
  const TemporaryDirectory directory;
  verify::TrustMemory memory(directory / "memory");
  verify::Trust trust;
  for (const std::string& text : versions) {
    write(directory / "trust.json", text);
    verify::TrustRequest request;
    request.file = directory / "trust.json";
    request.now = scene.options.now;
    request.memory = &memory;
    if (change) {
      change(request);
    }
    trust = verify::load_trust(request);
  }
  scene.trust = trust.document;
  scene.trust_refused = trust.refused;
}

void load_expired(Scene& scene) {
  scene.trust.expires = days_later(1);
  load(scene, {signed_trust(scene.trust, "r")});
}

void load_older(Scene& scene) {
  verify::TrustDocument newer = scene.trust;
  newer.version = 2;
  load(scene, {signed_trust(scene.trust, "r"), signed_trust(newer, "r"),
               signed_trust(scene.trust, "r")});
}

void load_twin_of_same_version(Scene& scene) {
  verify::TrustDocument twin = scene.trust;
  twin.keys.pop_back();
  twin.keys[0].holder = "another";
  twin.keys.push_back(scene.trust.keys.back());
  load(scene, {signed_trust(scene.trust, "r"), signed_trust(twin, "r")});
}

// Version 2 has another root; the old one did not sign.
verify::TrustDocument rotated(const Scene& scene) {
  verify::TrustDocument next = scene.trust;
  next.version = 2;
  next.keys.back().key = signer('R').public_key();
  return next;
}

void load_half_signed_rotation(Scene& scene) {
  const TemporaryDirectory directory;
  write(directory / "trust.1.json", signed_trust(scene.trust, "r"));
  write(directory / "trust.json", signed_trust(rotated(scene), "R"));
  verify::TrustRequest request;
  request.file = directory / "trust.json";
  request.now = scene.options.now;
  scene.trust_refused = verify::load_trust(request).refused;
}

void load_rotation_signed_by_old_only(Scene& scene) {
  load(scene, {signed_trust(rotated(scene), "r")});
}

void load_jump(Scene& scene) {
  verify::TrustDocument third = scene.trust;
  third.version = 3;
  load(scene, {signed_trust(scene.trust, "r"), signed_trust(third, "r")});
}

void load_other_root_than_pinned(Scene& scene) {
  load(scene, {signed_trust(scene.trust, "r")}, [](verify::TrustRequest& request) {
    request.root_pin = bundle::sha256("another root");
  });
}

void load_below_minimum(Scene& scene) {
  load(scene, {signed_trust(scene.trust, "r")},
       [](verify::TrustRequest& request) { request.version_min = 2; });
}

void load_edited(Scene& scene) {
  std::string text = signed_trust(scene.trust, "r");
  std::string payload = verify::write_trust(scene.trust);
  const std::string edited = replaced(payload, "\"bundle\":1", "\"bundle\":0");
  load(scene, {replaced(text, base64_encode(payload), base64_encode(edited))});
}

void load_edited_holder(Scene& scene) {
  std::string text = signed_trust(scene.trust, "r");
  std::string payload = verify::write_trust(scene.trust);
  const std::string edited = replaced(payload, "holder-b", "holder-x");
  load(scene, {replaced(text, base64_encode(payload), base64_encode(edited))});
}

void load_signed_by_stranger(Scene& scene) { load(scene, {signed_trust(scene.trust, "x")}); }

void load_same_root_twice_for_two(Scene& scene) {
  scene.trust.root_threshold = 2;
  verify::TrustedKey second = scene.key(k_root_signer);
  second.key = signer('R').public_key();
  second.holder = "second root";
  scene.trust.keys.push_back(second);
  load(scene, {signed_trust(scene.trust, "rr")});
}

void load_key_under_two_holders(Scene& scene) {
  verify::TrustedKey again = scene.key(k_bundle_signer);
  again.holder = "another name";
  scene.trust.keys.push_back(again);
  load(scene, {signed_trust(scene.trust, "r")});
}

void load_small_order_key(Scene& scene) {
  verify::TrustedKey weak = scene.key(k_bundle_signer);
  weak.key.bytes.fill(0);
  weak.key.bytes[0] = 1;
  scene.trust.keys.push_back(weak);
  load(scene, {signed_trust(scene.trust, "r")});
}

void load_plain_that_is_not_local(Scene& scene) {
  load(scene, {verify::write_trust(scene.trust)});
}

}  // namespace

std::vector<BrokenCase> trust_cases() {
  return {
      {"key-expired", [](Scene& s) { s.key('b').valid_until = k_finished; }, Decision::failed, "key", "key-expired"},
      {"key-not-yet-valid", [](Scene& s) { s.key('b').valid_from = days_later(1); }, Decision::failed, "key", "key-not-yet-valid"},
      {"key-compromised", [](Scene& s) { revoke(s, 'b', RevocationReason::compromised, days_later(10)); }, Decision::failed, "key", "key-revoked"},
      {"key-compromised-before-last-good", revoke_below_bundle, Decision::failed, "key", "key-revoked"},
      {"key-superseded-before", [](Scene& s) { revoke(s, 'b', RevocationReason::superseded, k_finished); }, Decision::failed, "key", "key-revoked"},
      {"key-retired-before", [](Scene& s) { revoke(s, 'b', RevocationReason::retired, k_finished); }, Decision::failed, "key", "key-revoked"},
      {"key-of-seams-on-a-real-bundle", [](Scene& s) { s.key('b').role = bundle::KeyRole::test; }, Decision::failed, "key", "key-role"},
      {"trust-file-expired", load_expired, Decision::failed, "key", "trust-expired"},
      {"trust-file-rolled-back", load_older, Decision::failed, "key", "trust-rollback"},
      {"trust-file-twin", load_twin_of_same_version, Decision::failed, "key", "trust-rollback"},
      {"trust-file-below-minimum", load_below_minimum, Decision::failed, "key", "trust-rollback"},
      {"trust-file-jump", load_jump, Decision::failed, "key", "threshold"},
      {"root-rotation-half-signed", load_half_signed_rotation, Decision::failed, "key", "threshold"},
      {"root-rotation-signed-by-old-only", load_rotation_signed_by_old_only, Decision::failed, "key", "threshold"},
      {"root-not-the-pinned-one", load_other_root_than_pinned, Decision::failed, "key", "untrusted-key"},
      {"trust-file-edited", load_edited_holder, Decision::failed, "key", "bad-signature"},
      {"trust-file-threshold-zero", load_edited, Decision::failed, "key", "malformed"},
      {"trust-file-by-stranger", load_signed_by_stranger, Decision::failed, "key", "threshold"},
      {"trust-file-same-root-twice", load_same_root_twice_for_two, Decision::failed, "key", "threshold"},
      {"trust-file-key-under-two-holders", load_key_under_two_holders, Decision::failed, "key", "malformed"},
      {"trust-file-small-order-key", load_small_order_key, Decision::failed, "key", "malformed"},
      {"trust-file-plain-not-local", load_plain_that_is_not_local, Decision::failed, "key", "malformed"},
  };
}

}  // namespace sourceos::tests
