#include "redact/rewrite.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "pipeline_support.hpp"

using namespace sourceos;
using namespace sourceos::redact;

namespace {

const Ruleset& ruleset() {
  static const auto rules = Ruleset::create(tests::pipeline_options()).value();
  return *rules;
}

Span span_of(std::uint64_t from, std::uint64_t to, Own own = Own::known, std::uint8_t depth = 0) {
  Span span{.from = from, .to = to, .klass = own == Own::known ? "one" : "two",
            .label = ruleset().label(own), .depth = depth};
  span.tag.fill('a');
  return span;
}

std::string written(std::string_view text, std::vector<Span> spans, bool hits = false,
                    std::vector<Excerpted>* told = nullptr) {
  Rewriter rewriter(ruleset(), {.hits = hits});
  std::vector<FindingSpan> findings;
  rewriter.write(text, 0, text.size(), true, spans, findings);
  if (told != nullptr) {
    *told = rewriter.take_hits();
  }
  return rewriter.out();
}

}  // namespace

TEST_CASE("what lies between places is copied, places that overlap become one") {
  CHECK(written("0123456789", {}) == "0123456789");
  CHECK(written("0123456789", {span_of(2, 4), span_of(8, 10)}) ==
        "01REDACTED-one-aaaaaaaaaaaa4567REDACTED-one-aaaaaaaaaaaa");
  CHECK(written("0123456789", {span_of(4, 7), span_of(2, 5)}) == "01REDACTED-one-aaaaaaaaaaaa789");
}

TEST_CASE("of places that overlap the innermost names, then the earlier in precedence, then a key") {
  CHECK(written("0123456789", {span_of(2, 8, Own::email), span_of(3, 4)}) ==
        "01REDACTED-one-aaaaaaaaaaaa89");
  CHECK(written("0123456789", {span_of(2, 8), span_of(3, 4, Own::email, 1)}) ==
        "01REDACTED-two-aaaaaaaaaaaa89");
  CHECK(written("0123456789", {span_of(2, 8, Own::key_block), span_of(3, 4, Own::known, 2)}) ==
        "01REDACTED-two-aaaaaaaaaaaa89");
}

TEST_CASE("a document in parts is written as it is whole") {
  const std::string text = "0123456789abcdefghij";
  Rewriter rewriter(ruleset(), {});
  std::vector<Span> spans = {span_of(3, 6), span_of(12, 15)};
  std::vector<FindingSpan> findings;
  std::string out;
  for (const std::uint64_t settled : {4U, 5U, 11U, 13U}) {
    rewriter.write(text, 0, settled, false, spans, findings);
    out += rewriter.fresh();
    rewriter.take_out();
  }
  rewriter.write(text, 0, text.size(), true, spans, findings);
  out += rewriter.fresh();
  CHECK(out == written(text, {span_of(3, 6), span_of(12, 15)}));
}

TEST_CASE("a column counts characters, not their bytes") {
  std::vector<Excerpted> hits;
  static_cast<void>(written("\xC3\xA9\n\xC3\xA9\xE2\x82\xAC word\n", {span_of(9, 13)}, true, &hits));
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].hit.line == 2);
  CHECK(hits[0].hit.column == 4);
}

TEST_CASE("a hit says line and column of the original, its excerpt is the line as it went out") {
  std::vector<Excerpted> hits;
  const std::string out = written("first\nsome word here\nlast", {span_of(11, 15)}, true, &hits);
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].hit.line == 2);
  CHECK(hits[0].hit.column == 6);
  CHECK(hits[0].hit.from == 11);
  CHECK(hits[0].excerpt == "some REDACTED-one-aaaaaaaaaaaa here");
}

TEST_CASE("a finding is cited where it stands in the output") {
  Rewriter rewriter(ruleset(), {});
  std::vector<Span> spans = {span_of(0, 4)};
  std::vector<FindingSpan> findings = {{6, 9, 0}};
  rewriter.write("word\n\nbad line\n", 0, 15, true, spans, findings);
  REQUIRE(rewriter.findings().size() == 1);
  const Excerpted& finding = rewriter.findings()[0];
  CHECK(rewriter.out().substr(finding.from, finding.to - finding.from) == "bad");
  CHECK(finding.line == 3);
  CHECK(finding.excerpt == "bad line");
}

TEST_CASE("what was masked is counted by rule and class") {
  Rewriter rewriter(ruleset(), {});
  std::vector<Span> spans = {span_of(0, 1), span_of(2, 3), span_of(4, 5, Own::email)};
  std::vector<FindingSpan> findings;
  rewriter.write("0123456", 0, 7, true, spans, findings);
  bundle::RedactionRecord record;
  rewriter.fill(record);
  CHECK(record.known == 2);
  REQUIRE(record.rules.size() == 1);
  CHECK(record.classes.size() == 2);
}
