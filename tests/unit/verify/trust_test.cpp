#include "verify/trust.hpp"

#include "bundle/envelope.hpp"
#include "tests/broken/cases.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;
using namespace sourceos::verify;

namespace {

TrustDocument sample() {
  TrustDocument document = Scene().trust;
  document.keys[0].valid_from = UtcTime::from_seconds(1'700'000'000);
  document.keys[1].revocation =
      Revocation{RevocationReason::compromised, UtcTime::from_seconds(1'750'000'000),
                 LastGood{std::string(32, 'a'), 10, bundle::sha256("root")}};
  return document;
}

bool is_read(std::string_view old, std::string_view replacement) {
  return parse_trust(replaced(write_trust(sample()), old, replacement)).has_value();
}

}  // namespace

TEST_CASE("a trust document is read as it was written") {
  const TrustDocument document = *parse_trust(write_trust(sample()));
  CHECK(document.keys == sample().keys);
  CHECK(document.expires == sample().expires);
  CHECK(write_trust(document) == write_trust(sample()));
}

TEST_CASE("a trust document in any other form is malformed") {
  CHECK(is_read("holder-b", "holder-B"));
  CHECK_FALSE(is_read("\"version\":1", "\"version\":0"));
  CHECK_FALSE(is_read("\"version\":1", "\"version\":1,\"x\":1"));
  CHECK_FALSE(is_read("\"version\":1", "\"version\": 1"));
  CHECK_FALSE(is_read("\"local\":false", "\"local\":0"));
  CHECK_FALSE(is_read("\"role\":\"log\"", "\"role\":\"owner\""));
  CHECK_FALSE(is_read("\"holder\":\"holder-b\"", "\"holder\":\"\""));
  CHECK_FALSE(is_read("\"reason\":\"compromised\"", "\"reason\":\"lost\""));
  CHECK_FALSE(is_read("\"size\":10", "\"size\":\"10\""));
  CHECK_FALSE(is_read("\"root\":1", "\"root\":2"));
  CHECK_FALSE(is_read("SourceOSEvidenceTrust", "SourceOSTrust"));
  CHECK(parse_trust(replaced(write_trust(sample()), "1.0.0", "2.0.0")).error().reason ==
        "spec-version");
}

TEST_CASE("a trust file that never expires is refused unless it is local") {
  TrustDocument document = sample();
  document.expires.reset();
  CHECK_FALSE(parse_trust(write_trust(document)).has_value());
  document.local = true;
  CHECK(parse_trust(write_trust(document)).has_value());
}

TEST_CASE("a key stands once, but for bundle and sidecar of one holder") {
  TrustDocument document = sample();
  document.keys.push_back(document.keys[0]);
  CHECK_FALSE(parse_trust(write_trust(document)).has_value());
  document.keys.back().role = bundle::KeyRole::sidecar;
  CHECK(parse_trust(write_trust(document)).has_value());
  document.keys.back().holder = "another";
  CHECK_FALSE(parse_trust(write_trust(document)).has_value());
  document.keys.back() = document.keys[0];
  document.keys.back().role = bundle::KeyRole::log;
  CHECK_FALSE(parse_trust(write_trust(document)).has_value());
}

TEST_CASE("the root fingerprint is of the roots and their threshold alone") {
  TrustDocument document = sample();
  const bundle::Digest fingerprint = document.root_fingerprint();
  document.version = 5;
  document.keys.erase(document.keys.begin());
  CHECK(document.root_fingerprint() == fingerprint);
  document.root_threshold = 2;
  CHECK(document.root_fingerprint() != fingerprint);
}

TEST_CASE("a fingerprint is eight words that can be read out") {
  // The reference example of proquints is 127.0.0.1: lusab-babad.
  std::string bytes(32, '\0');
  bytes[0] = 127;
  bytes[3] = 1;
  CHECK(fingerprint_words(*bundle::Digest::from_bytes(bytes)).starts_with("lusab babad babab"));
}
