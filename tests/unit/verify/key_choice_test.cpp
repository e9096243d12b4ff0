#include "verify/key_choice.hpp"

#include "bundle/key.hpp"
#include "tests/broken/cases.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;
using namespace sourceos::verify;

namespace {

Trust trust_of(const Scene& scene) {
  Trust trust;
  trust.source = Trust::Source::file;
  trust.document = scene.trust;
  return trust;
}

bundle::SigstoreBundle signed_by(char name) {
  return *bundle::parse_sigstore_bundle(*bundle::sign_sigstore_bundle("{}", signer(name)));
}

}  // namespace

TEST_CASE("the key that the hint names is tried, and no other") {
  const Trust trust = trust_of(Scene());
  CHECK(choose_key(&trust, signed_by('b'), bundle::KeyRole::bundle).key->holder == "holder-b");
  bundle::SigstoreBundle forged = signed_by('c');
  forged.hint = bundle::key_hint(signer('b').public_key());
  const KeyChoice choice = choose_key(&trust, forged, bundle::KeyRole::bundle);
  CHECK(choice.key == nullptr);
  CHECK(choice.is_bad);
}

TEST_CASE("without a hint, or with one that is unknown, all keys are tried") {
  const Trust trust = trust_of(Scene());
  bundle::SigstoreBundle bundle = signed_by('c');
  bundle.hint.reset();
  CHECK(choose_key(&trust, bundle, bundle::KeyRole::bundle).key->holder == "holder-c");
  bundle.hint = "somebody";
  CHECK(choose_key(&trust, bundle, bundle::KeyRole::bundle).key->holder == "holder-c");
}

TEST_CASE("a stranger's signature is nobody's") {
  const Trust trust = trust_of(Scene());
  const KeyChoice choice = choose_key(&trust, signed_by('x'), bundle::KeyRole::bundle);
  CHECK(choice.key == nullptr);
  CHECK_FALSE(choice.is_bad);
}

TEST_CASE("no trust, or a refused trust file, knows nobody") {
  CHECK(choose_key(nullptr, signed_by('b'), bundle::KeyRole::bundle).key == nullptr);
  Trust trust = trust_of(Scene());
  trust.refused = Error(ErrorKind::refused, "trust-expired", "");
  CHECK(choose_key(&trust, signed_by('b'), bundle::KeyRole::bundle).key == nullptr);
}

TEST_CASE("one key in two roles is taken in the role that is wanted") {
  Scene scene;
  TrustedKey sidecar = scene.key('b');
  sidecar.role = bundle::KeyRole::sidecar;
  scene.trust.keys.insert(scene.trust.keys.begin(), sidecar);
  const Trust trust = trust_of(scene);
  CHECK(choose_key(&trust, signed_by('b'), bundle::KeyRole::bundle).key->role ==
        bundle::KeyRole::bundle);
}
