#include "bundle/key.hpp"
#include "bundle/statement.hpp"
#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

TEST_CASE("a signature without a hint, and one with a timestamp, count") {
  Scene scene;
  std::string& content = scene.bundle.attached_content(bundle::k_sigstore_media_type);
  content = replaced(content, "\"hint\":\"" + bundle::key_hint(signer('b').public_key()) + "\"", "");
  scene.bundle.after_attached();
  CHECK(judged(scene).words == "verified");

  Scene stamped;
  std::string& with_time = stamped.bundle.attached_content(bundle::k_sigstore_media_type);
  with_time.pop_back();
  with_time.pop_back();
  with_time += R"(,"timestampVerificationData":{"rfc3161Timestamps":[{"signedTimestamp":"AAAA"}]}}})";
  stamped.bundle.after_attached();
  CHECK(judged(stamped).words == "verified");
}
