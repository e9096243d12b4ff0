#include "cli/trust_forms.hpp"

#include "cli/render.hpp"
#include "core/json/json.hpp"
#include "tests/unit/cli/call_scene.hpp"
#include "verify/trust.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::cli;

namespace {

struct Scene : CallScene {
  json::Value record(const verify::TrustDocument& document) {
    return trust_record("evidence-trust-show", document, fake.home.path() / "trust.json", context);
  }
};

verify::TrustedKey key_of(char seed, bundle::KeyRole role) {
  verify::TrustedKey key;
  key.key = bundle::signer_from_seed(std::string(32, seed))->public_key();
  key.role = role;
  key.holder = "build-host";
  return key;
}

std::string text_of_record(const json::Value& record) {
  Text text(Color::never);
  print_trust_record(record, text);
  return text.str();
}

}  // namespace

TEST_CASE("a trust file shows its keys, its root and who was revoked") {
  Scene scene;
  verify::TrustDocument document;
  document.keys = {key_of('r', bundle::KeyRole::root), key_of('b', bundle::KeyRole::bundle)};
  document.keys[1].revocation =
      verify::Revocation{verify::RevocationReason::retired, UtcTime::from_seconds(1'780'000'000), {}};
  const json::Value record = scene.record(document);
  CHECK(record["file"] == "$HOME/trust.json");
  CHECK(record["rootFingerprint"] == document.root_fingerprint().text());
  CHECK(record["keys"][0]["revoked"] == nullptr);
  CHECK(record["keys"][1]["revoked"]["reason"] == "retired");
  const std::string text = text_of_record(record);
  CHECK(text.find("in words") != std::string::npos);
  CHECK(text.find("build-host") != std::string::npos);
  CHECK(text.find("retired") != std::string::npos);
}

TEST_CASE("a plan without a root key claims no fingerprint") {
  Scene scene;
  json::Value record = scene.record({});
  CHECK(record["rootFingerprint"] == nullptr);
  record["planned"] = true;
  const std::string text = text_of_record(record);
  CHECK(text.starts_with("would write"));
  CHECK(text.find("in words") == std::string::npos);
}
