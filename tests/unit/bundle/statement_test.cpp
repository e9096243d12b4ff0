// The PAE example of the DSSE specification; then our own documents, broken in one way each.
#include "bundle/statement.hpp"

#include "bundle/key.hpp"
#include "core/bytes.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

constexpr std::string_view k_record = R"({"runId":"00","type":"SourceOSEvidenceBundle"})";

std::unique_ptr<Signer> signer() { return signer_from_seed(std::string(32, '\3')); }

std::string sample_bundle() {
  return *sign_sigstore_bundle(write_statement(sha256("m"), k_record), *signer());
}

std::string replaced(std::string text, std::string_view old, std::string_view replacement) {
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), replacement);
}

bool is_bundle(std::string_view old, std::string_view replacement) {
  return parse_sigstore_bundle(replaced(sample_bundle(), old, replacement)).has_value();
}

bool is_statement(std::string_view old, std::string_view replacement) {
  return parse_statement(replaced(write_statement(sha256("m"), k_record), old, replacement))
      .has_value();
}

}  // namespace

TEST_CASE("the PAE is that of the DSSE specification") {
  CHECK(pae("http://example.com/HelloWorld", "hello world") ==
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  CHECK(pae("", "") == "DSSEv1 0  0 ");
}

TEST_CASE("a statement is read as it was written") {
  const Statement statement = *parse_statement(write_statement(sha256("m"), k_record));
  CHECK(statement.subject == sha256("m"));
  CHECK(statement.predicate == k_record);
  CHECK(statement.predicate_type == k_evidence_predicate_type);
}

TEST_CASE("a statement of another predicate type is read, for others to judge") {
  const auto statement = parse_statement(
      replaced(write_statement(sha256("m"), k_record), "Bundle.json", "Bungle.json"));
  REQUIRE(statement.has_value());
  CHECK(statement->predicate_type != k_evidence_predicate_type);
}

TEST_CASE("a statement with two subjects, another name or slack is malformed") {
  CHECK(is_statement("in-toto", "in-toto"));
  CHECK_FALSE(is_statement(
      R"("subject":[)",
      R"("subject":[{"digest":{"sha256":"00"},"name":"evidence-manifest"},)"));
  CHECK_FALSE(is_statement("evidence-manifest", "other"));
  CHECK_FALSE(is_statement("Statement/v1", "Statement/v0.1"));
  CHECK_FALSE(is_statement(R"({"sha256":)", R"({"sha1":"00","sha256":)"));
  CHECK_FALSE(is_statement(R"("predicate":)", R"("extra":1,"predicate":)"));
  CHECK_FALSE(is_statement(R"(,"predicateType")", R"(, "predicateType")"));
  CHECK_FALSE(is_statement(R"("predicate":)", R"("predicate":{},"predicate":)"));
  CHECK_FALSE(parse_statement("").has_value());
  CHECK_FALSE(parse_statement("[]").has_value());
}

TEST_CASE("a Sigstore bundle is read as it was written and verifies") {
  const SigstoreBundle bundle = *parse_sigstore_bundle(sample_bundle());
  CHECK(bundle.payload == write_statement(sha256("m"), k_record));
  CHECK(bundle.hint == key_hint(signer()->public_key()));
  CHECK(bundle.verify(signer()->public_key()));
  CHECK_FALSE(bundle.verify(signer_from_seed(std::string(32, '\4'))->public_key()));
}

TEST_CASE("a signature over the payload without PAE does not verify") {
  const std::string payload = write_statement(sha256("m"), k_record);
  std::string seed(32, '\3');
  const SecretKey key = *SecretKey::from_seed(SecretBytes::take(seed));
  SigstoreBundle bundle = *parse_sigstore_bundle(sample_bundle());
  bundle.signature = key.sign(payload);
  CHECK_FALSE(bundle.verify(key.public_key()));
  bundle.signature = key.sign(pae("application/json", payload));
  CHECK_FALSE(bundle.verify(key.public_key()));
}

TEST_CASE("a hint may be absent and a timestamp present") {
  std::string text = sample_bundle();
  const std::size_t from = text.find(R"("hint")");
  const std::size_t to = text.find('}', from);
  text.erase(from, to - from);
  CHECK_FALSE(parse_sigstore_bundle(text)->hint.has_value());

  const auto stamped = parse_sigstore_bundle(
      replaced(text, R"("publicKey":{})",
               R"("publicKey":{},"timestampVerificationData":{"rfc3161Timestamps":[{"signedTimestamp":"AAAA"}]})"));
  REQUIRE(stamped.has_value());
  CHECK(stamped->rfc3161_timestamps.size() == 1);
}

TEST_CASE("a Sigstore bundle with anything more, less or otherwise is malformed") {
  CHECK(is_bundle("dsse", "dsse"));
  CHECK_FALSE(is_bundle("v0.3+json", "v0.2+json"));
  CHECK_FALSE(is_bundle("application/vnd.in-toto+json", "application/json"));
  CHECK_FALSE(is_bundle(R"({"sig":)", R"({"keyid":"","sig":)"));
  CHECK_FALSE(is_bundle(R"([{"sig":)", R"([{"sig":"AAAA"},{"sig":)"));
  CHECK_FALSE(is_bundle(R"("mediaType")", R"("extra":{},"mediaType")"));
  CHECK_FALSE(is_bundle(R"("publicKey")", R"("publicKey" )"));
  CHECK_FALSE(is_bundle(R"("publicKey":)", R"("publicKey":{},"publicKey":)"));
  CHECK_FALSE(is_bundle(R"("publicKey":)", R"("certificate":)"));
  CHECK_FALSE(is_bundle(R"({"hint":)", R"({"rawBytes":"","hint":)"));
  CHECK_FALSE(is_bundle(R"("payload":")", R"("payload":")"
                                          "\\u0041"));
  CHECK_FALSE(is_bundle(R"("payload":")", R"("payload":"=)"));
  CHECK_FALSE(parse_sigstore_bundle("").has_value());
  CHECK_FALSE(parse_sigstore_bundle("null").has_value());
}
