#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

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

std::vector<std::string> lines_of(const std::vector<redact::Hit>& hits) {
  std::vector<std::string> lines;
  for (const redact::Hit& hit : hits) {
    lines.push_back(fmt::format("{} {} {}-{} {}:{} {}", hit.rule, hit.tag, hit.from, hit.to, hit.line, hit.column,
                                hit.excerpt.str()));
  }
  return lines;
}

std::vector<std::string> lines_of(const std::vector<bundle::Finding>& findings) {
  std::vector<std::string> lines;
  for (const bundle::Finding& finding : findings) {
    lines.push_back(fmt::format("{} {}-{} {} {}", finding.rule_id.str(), finding.from, finding.to, finding.line,
                                finding.excerpt.str()));
  }
  return lines;
}

struct Told {
  std::string out;
  std::vector<std::string> hits, findings;
};

Told told_of(std::string_view text, const redact::DocumentOptions& options, std::size_t size) {
  redact::StreamRedactor stream = pipeline().stream(options);
  Told told;
  const auto take = [&](std::vector<redact::Hit> hits) { std::ranges::move(lines_of(hits), std::back_inserter(told.hits)); };
  for (std::size_t at = 0; at < text.size(); at += size) {
    told.out += stream.feed(text.substr(at, size)).bytes();
    take(stream.take_hits());
  }
  redact::StreamEnd end = stream.finish();
  told.out += end.last.bytes();
  take(std::move(end.hits));
  told.findings = lines_of(end.findings);
  return told;
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

TEST_CASE("bytes that were put into the stream's own room count like those that were fed") {
  const std::string text = mixed_text(1'500'000);
  redact::StreamRedactor stream = pipeline().stream({});
  std::string out;
  std::size_t at = 0;
  for (std::size_t step = 1; at < text.size(); step = step * 7 % 300'007) {
    if (step % 3 == 0) {
      out += stream.feed(std::string_view(text).substr(at, step)).bytes();
      at += std::min(step, text.size() - at);
      continue;
    }
    const std::span<char> room = stream.room();
    REQUIRE_FALSE(room.empty());
    const std::size_t count = text.copy(room.data(), std::min(room.size(), step), at);
    out += stream.feed_room(count).bytes();
    at += count;
  }
  out += stream.finish().last.bytes();
  CHECK((out == redacted(text)));
}

TEST_CASE("who wants no bytes is told the same of them") {
  std::string text = mixed_text(1'200'000);
  for (std::size_t at = 5000; at < text.size(); at += 90'000 + at % 977) {
    for (int i = 0; i < 5; ++i) {
      text.insert(text.rfind('\n', at) + 1, "worker[7]: restarting after failure, attempt 3\n");
    }
  }
  redact::DocumentOptions options;
  options.hits = true;
  const Told with_bytes = told_of(text, options, 100'000);
  options.bytes = false;
  for (const std::size_t size : {std::size_t{4099}, std::size_t{100'000}, text.size()}) {
    const Told without = told_of(text, options, size);
    CHECK(without.out.empty());
    CHECK((without.hits == with_bytes.hits));
    CHECK((without.findings == with_bytes.findings));
  }
  std::vector<redact::Hit> hits;
  const bundle::Redacted whole = pipeline().document(text, options, &hits);
  CHECK(whole.bytes().empty());
  CHECK((lines_of(hits) == with_bytes.hits));
  CHECK((lines_of(whole.findings()) == with_bytes.findings));
  CHECK(with_bytes.hits.size() > 50);
  CHECK(with_bytes.findings.size() > 0);
}

TEST_CASE("what stands where steps and their look ahead meet is found once, at every offset") {
  std::string plain;
  while (plain.size() < 1'200'000) {
    plain += "nothing to see on this line of the log, which goes on\n";
  }
  for (const std::size_t step : {std::size_t{512 * 1024}, std::size_t{1024 * 1024}}) {
    for (std::size_t at = step - 2048; at < step + 20'000; at += 256) {
      const std::string line = "\ntoken " + github_token() + " and pass" "word=\"hunter2secretXY\"\n";
      plain.replace(at, line.size(), line);
    }
  }
  redact::DocumentOptions options;
  options.hits = true;
  options.bytes = false;
  std::vector<std::uint64_t> expected;
  for (std::size_t shift = 0; shift < 256; shift += 17) {
    std::vector<redact::Hit> hits;
    static_cast<void>(pipeline().document(std::string(shift, '.') + plain, options, &hits));
    std::vector<std::uint64_t> places;
    for (const redact::Hit& hit : hits) {
      places.push_back(hit.from - shift);
    }
    expected = shift == 0 ? places : expected;
    CHECK(places.size() > 300);
    CHECK((places == expected));
  }
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
