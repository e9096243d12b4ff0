#include "bundle/sidecar.hpp"
#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

namespace {

void attach(Scene& scene, char by) {
  scene.bundle.attached.push_back({std::string(bundle::k_minisign_media_type),
                                   *bundle::write_minisign(scene.bundle.manifest, signer(by), "seq 7"), {}});
  scene.bundle.attached.push_back({std::string(bundle::k_sshsig_media_type),
                                   *bundle::write_ssh_signature(scene.bundle.manifest, signer(by)), {}});
  scene.bundle.after_attached();
}

}  // namespace

TEST_CASE("sidecars by a trusted sidecar key are counted") {
  Scene scene;
  attach(scene, 's');
  const auto verdict = judged(scene);
  CHECK(verdict.words == "verified");
  CHECK(verdict.find("sidecars")->detail == "2 of 2 by trusted keys");
}

TEST_CASE("sidecars by the bundle key itself, or by a stranger, are nobody's") {
  for (const char by : {'b', 'x'}) {
    Scene scene;
    attach(scene, by);
    const auto verdict = judged(scene);
    CHECK(verdict.words == "verified");
    CHECK(verdict.find("sidecars")->detail == "0 of 2 by trusted keys");
  }
}
