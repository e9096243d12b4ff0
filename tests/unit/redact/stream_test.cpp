#include <doctest/doctest.h>

#include <string>

#include "pipeline_support.hpp"

using namespace sourceos;
using namespace sourceos::tests;

namespace {

std::string mixed_text(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) {
    text += "2026-01-02T03:04:05Z INFO request " + std::to_string(i * 7919) + " took 12 ms from marlowe7\n";
    if (i % 37 == 0) {
      text += "token=" + github_token() + "\n";
    }
    if (i % 101 == 0) {
      text += "pass" "word = \"hunter2secretXY\"\n";
    }
  }
  return text;
}

}  // namespace

TEST_CASE("output does not depend on how the input is split") {
  const std::string text = mixed_text(300'000);
  const std::string whole = redacted(text);
  CHECK(whole.find("hunter2") == std::string::npos);
  for (const std::size_t size : {std::size_t{1}, std::size_t{4099}, std::size_t{65536}, text.size()}) {
    CAPTURE(size);
    CHECK((redacted_in_parts(text, size) == whole));
  }
}

TEST_CASE("a stream and a document longer than a block agree") {
  const std::string text = mixed_text(3'000'000);
  CHECK((redacted_in_parts(text, 100'000) == redacted(text)));
}

TEST_CASE("any bytes go through") {
  std::string text;
  for (unsigned i = 0; i < 100'000; ++i) {
    text += static_cast<char>((i * 2654435761U) >> 24);
  }
  CHECK((redacted_in_parts(text, 777) == redacted(text)));
}

TEST_CASE("one line of many mebibytes keeps memory bounded and its secrets masked") {
  std::string text(3'000'000, 'x');
  text.replace(1'000'000, 60, " " + github_token() + std::string(59 - github_token().size(), ' '));
  const std::string out = redacted_in_parts(text, 10'000);
  CHECK(out.find(github_token()) == std::string::npos);
  CHECK(out.find("REDACTED-github-token-") != std::string::npos);
}

TEST_CASE("hits tell where and by what, never the secret") {
  std::vector<redact::Hit> hits;
  const auto out = pipeline().document("first\nsecond " + github_token() + " end\n", {}, &hits);
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].rule == "github.token");
  CHECK(hits[0].line == 2);
  CHECK(hits[0].column == 8);
  CHECK(hits[0].excerpt.str().starts_with("second REDACTED-github-token-"));
  CHECK(hits[0].excerpt.str().ends_with(" end"));
}

TEST_CASE("a stream's commitment is the document's, whoever hashes the original") {
  const std::string text = mixed_text(200'000);
  redact::DocumentOptions options;
  options.commitment_path = "logs/a.log";
  options.size = text.size();
  const std::string expected = pipeline().commitment(options.commitment_path, text);
  for (const bool elsewhere : {false, true}) {
    redact::StreamRedactor stream = pipeline().stream(options);
    if (elsewhere) {
      stream.take_commitment()(text);
    }
    static_cast<void>(stream.feed(text));
    CHECK(stream.finish().record.commitment == expected);
  }
  redact::StreamRedactor starved = pipeline().stream(options);
  starved.take_commitment()(text.substr(1));
  static_cast<void>(starved.feed(text));
  CHECK(!starved.finish().record.commitment);
  CHECK(!pipeline().stream({}).take_commitment());
}
