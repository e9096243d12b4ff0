#include "bundle/envelope.hpp"

#include "bundle/key.hpp"
#include "bundle/statement.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

constexpr std::string_view k_type = "application/vnd.sourceos.evidence.trust.v1+json";

std::string replaced(std::string text, std::string_view old, std::string_view replacement) {
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), replacement);
}

}  // namespace

TEST_CASE("an envelope carries several signatures over one payload") {
  const auto a = signer_from_seed(std::string(32, '\1'));
  const auto b = signer_from_seed(std::string(32, '\2'));
  const std::string text = *sign_envelope(k_type, "{}", {a.get(), b.get()});
  const Envelope envelope = *parse_envelope(text);
  CHECK(envelope.payload == "{}");
  CHECK(envelope.payload_type == k_type);
  REQUIRE(envelope.signatures.size() == 2);
  CHECK(envelope.signatures[0].key_id == key_id(a->public_key()));
  CHECK(verify_signature(pae(k_type, "{}"), envelope.signatures[1].signature, b->public_key()));
  CHECK(write_envelope(envelope) == text);
}

TEST_CASE("an envelope in any other form is malformed") {
  const auto signer = signer_from_seed(std::string(32, '\1'));
  const std::string text = *sign_envelope(k_type, "{}", {signer.get()});
  CHECK(parse_envelope(text).has_value());
  CHECK_FALSE(parse_envelope(text + "\n").has_value());
  CHECK_FALSE(parse_envelope(replaced(text, "payloadType", "payloadKind")).has_value());
  CHECK_FALSE(parse_envelope(replaced(text, R"({"payload")", R"({"a":1,"payload")")).has_value());
  CHECK_FALSE(parse_envelope(replaced(text, R"("keyid")", R"("cert":"","keyid")")).has_value());
  CHECK_FALSE(parse_envelope(replaced(text, R"("signatures":[)", R"("signatures":[1,)")).has_value());
  CHECK_FALSE(parse_envelope("{}").has_value());
  CHECK_FALSE(parse_envelope("").has_value());
}

TEST_CASE("an envelope with more than 16 signatures is a limit") {
  Envelope envelope{"{}", std::string(k_type), {}};
  envelope.signatures.assign(17, {"id", "signature"});
  CHECK(parse_envelope(write_envelope(envelope)).error().kind == ErrorKind::limit);
}
