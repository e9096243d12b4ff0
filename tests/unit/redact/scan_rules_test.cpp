#include "redact/scan.hpp"

#include <doctest/doctest.h>

#include <string>

#include "core/limits.hpp"
#include "pipeline_support.hpp"

using namespace sourceos;
using namespace sourceos::redact;
using namespace sourceos::tests;

TEST_CASE("words that only look like a rule's begin spend no budget that matters") {
  std::string text;
  while (text.size() < 64 * limits::k_kib) {
    text += "the pass over the key session of a token user ";
  }
  CHECK(pipeline().document(text, {}).record().limits.empty());
}

TEST_CASE("a part that is nothing but begins of matches is masked") {
  std::string text;
  while (text.size() < 64 * limits::k_kib) {
    text += "pwpwpwpwpwpwpwpw";
  }
  const auto redacted = pipeline().document(text, {});
  CHECK(redacted.bytes().size() <= text.size());
  CHECK(redacted_in_parts(text, 1000) == tests::redacted(text));
}

TEST_CASE("a rule's matches follow each other, also where a refused one begins before") {
  const std::string secret = github_token();
  const std::string out = redacted("token token=" + secret + " token=" + secret + "\n");
  CHECK(out.find(secret) == std::string::npos);
  CHECK(out.starts_with("token token=REDACTED-"));
}
