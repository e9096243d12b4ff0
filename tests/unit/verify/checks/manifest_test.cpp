#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

TEST_CASE("attached manifests may come in their order only") {
  Scene scene;
  scene.bundle.signers = "bc";
  scene.bundle.after_payload();
  CHECK(judged(scene).words == "verified");
  // Exchange the two signatures in I.
  bundle::BundleIndex index = *bundle::parse_bundle_index(scene.bundle.bundle_index);
  const std::string first = index.attached[0].digest.hex();
  const std::string second = index.attached[1].digest.hex();
  std::string text = scene.bundle.bundle_index;
  text = replaced(text, first, std::string(64, 'z'));
  text = replaced(text, second, first);
  text = replaced(text, std::string(64, 'z'), second);
  scene.bundle.bundle_index = text;
  scene.bundle.after_bundle_index();
  const auto verdict = judged(scene);
  CHECK(verdict.decision == verify::Decision::failed);
}

TEST_CASE("what is wrong with a signature does not hide the content") {
  Scene scene;
  scene.bundle.files.erase(scene.bundle.name_of(scene.bundle.attached[0].content));
  const auto verdict = judged(scene);
  CHECK(outcome_of(verdict, "descriptors") == "fail missing-member");
  CHECK(outcome_of(verdict, "record") == "pass");
  CHECK(outcome_of(verdict, "content") == "pass");
}
