#include "bundle/statement.hpp"
#include "core/json/canonical.hpp"
#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

namespace {

void attach(Scene& scene, const json::Value& predicate, char by) {
  std::string statement =
      bundle::write_statement(scene.bundle.id(), *json::write_canonical(predicate));
  statement = replaced(statement, bundle::k_evidence_predicate_type,
                       bundle::k_disclosure_predicate_type);
  scene.bundle.attached.push_back({std::string(bundle::k_disclosure_media_type),
                                   *bundle::sign_sigstore_bundle(statement, signer(by)), {}});
  scene.bundle.after_attached();
}

json::Value predicate(const std::string& digest) {
  return {{"at", "2026-01-02T00:00:00Z"}, {"by", "me"}, {"reason", "why"}, {"withheld", {digest}}};
}

}  // namespace

TEST_CASE("a statement about layers that are there withholds nothing") {
  Scene scene;
  attach(scene, predicate(bundle::sha256(scene.bundle.layers[1]).text()), 'b');
  const auto verdict = judged(scene);
  CHECK(verdict.words == "verified");
  CHECK(verdict.withheld.empty());
}

TEST_CASE("a layer that is left out under a trusted statement is told with --fast") {
  Scene scene;
  attach(scene, predicate(bundle::sha256(scene.bundle.layers[1]).text()), 'b');
  scene.bundle.files.erase(scene.bundle.name_of(scene.bundle.layers[1]));
  scene.options.allow_withheld = true;
  scene.options.level = verify::Level::stored;
  const auto verdict = judged(scene);
  CHECK(verdict.words == "verified (stored bytes only, 1 layer withheld)");
  CHECK(verdict.completeness == verify::Axis::fail);
}

TEST_CASE("a disclosure statement in another form is malformed") {
  for (const json::Value& wrong :
       {json::Value{{"withheld", json::Value::array()}}, predicate("latest"),
        json::Value{{"at", "yesterday"}, {"by", "me"}, {"reason", "why"}, {"withheld", json::Value::array()}}}) {
    Scene scene;
    attach(scene, wrong, 'b');
    CHECK(outcome_of(judged(scene), "disclosure") == "fail malformed");
  }
}
