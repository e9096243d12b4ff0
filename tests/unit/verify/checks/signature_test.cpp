#include "bundle/statement.hpp"
#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

TEST_CASE("signatures by strangers are listed and count for nothing") {
  Scene scene;
  scene.bundle.signers = "bxyz";
  scene.bundle.after_payload();
  const auto verdict = judged(scene);
  CHECK(verdict.words == "verified");
  REQUIRE(verdict.signatures.size() == 4);
  int unknown = 0;
  for (const auto& signature : verdict.signatures) {
    unknown += signature.status == "unknown-key" ? 1 : 0;
  }
  CHECK(unknown == 3);
}

TEST_CASE("a stranger's signature over another statement is ignored too") {
  Scene scene;
  scene.bundle.attached.push_back(
      {std::string(bundle::k_sigstore_media_type),
       *bundle::sign_sigstore_bundle(replaced(scene.bundle.payload, "read-only", "apply"),
                                     signer('x')),
       {}});
  scene.bundle.after_attached();
  CHECK(judged(scene).words == "verified");
}

TEST_CASE("a bad signature under a trusted hint fails beside a good one") {
  Scene scene;
  scene.bundle.signers = "bc";
  scene.bundle.after_payload();
  scene.bundle.attached[1].content =
      replaced(scene.bundle.attached[1].content, "\"sig\":\"", "\"sig\":\"AAAA");
  scene.bundle.after_attached();
  CHECK(told(judged(scene)) == "failed (bad-signature)");
}
