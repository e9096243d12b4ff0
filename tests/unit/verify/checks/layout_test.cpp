#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos::tests;

TEST_CASE("an index.json that a copy tool wrote anew is taken") {
  Scene scene;
  std::string& text = scene.bundle.files["index.json"];
  text = replaced(text, "\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"schemaVersion\"",
                  "\"schemaVersion\"");
  text = replaced(text, "{\"manifests\"", "{\n  \"manifests\"");
  CHECK(judged(scene).words == "verified");
}

TEST_CASE("in a view of a store other files are not looked at") {
  Scene scene;
  scene.bundle.files["blobs/sha256/" + std::string(64, '0')] = "another bundle's";
  scene.options.where = sourceos::verify::Where::own_store;
  const auto verdict = judged(scene);
  CHECK(verdict.words == "verified");
  CHECK(verdict.integrity == sourceos::verify::Axis::pass);
}
