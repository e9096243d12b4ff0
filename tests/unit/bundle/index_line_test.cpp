#include "bundle/index_line.hpp"

#include <doctest/doctest.h>

#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "tests/unit/bundle/make_redacted.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using tests::operator""_r;

namespace {

IndexLine full_line() {
  IndexLine line;
  line.path = "logs/node.log";
  line.kind = "log";
  line.media_type = "text/plain";
  line.collector = "logs";
  line.at = "2026-01-31T23:59:59.25Z";
  line.size = 1000;
  line.sha256 = sha256("x");
  line.where = {{1, 200, 512, 600}, {2, 0, 0, 400}};
  line.source = IndexLine::Source{"$HOME/node \"1\"\t\x01.log", "2026-01-01T00:00:00Z", 420, 1, 2,
                                  2048, 2048, {{0, 256}, {512, 1024}}, true};
  line.redaction = {{{"aws-key", 2}, {"jwt", 1}}, 3, 4, 2048, false, {"cut"}, sha256("c").hex()};
  return line;
}

std::string written(const IndexLine& line) {
  std::string out;
  append_index_line(out, line);
  REQUIRE(out.back() == '\n');
  out.pop_back();
  return out;
}

}  // namespace

TEST_CASE("a line is canonical JSON with every field of the format") {
  const std::string text = written(full_line());
  const json::Value value = json::parse_canonical(text).value();
  CHECK(value.size() == 10);
  CHECK(value.at("source").size() == 9);
  CHECK(value.at("redaction").size() == 7);
  CHECK(value.at("where").at(1).at("size") == 400U);
  CHECK(value.at("source").at("kept").at(1).at(1) == 1024U);
  CHECK(value.at("sha256") == sha256("x").hex());
}

TEST_CASE("a line that was written is read back the same") {
  IndexLine line;
  const IndexLine full = full_line();
  CHECK(parse_index_line(written(full), line).has_value());
  CHECK(line == full);

  IndexLine small;
  small.path = "a";
  small.at = "2026-01-31T23:59:59Z";
  small.where = {{1, 0, 512, 0}};
  CHECK(parse_index_line(written(small), line).has_value());
  CHECK(line == small);
}

TEST_CASE("no other writing of a line is read") {
  const std::string good = written(full_line());
  IndexLine line;
  REQUIRE(parse_index_line(good, line).has_value());
  const auto replaced = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  for (const std::string& bad :
       {std::string(), good + " ", " " + good, good + "\n", good.substr(0, good.size() - 1),
        replaced(R"("size":1000)", R"("size":01000)"), replaced(R"("size":1000)", R"("size":1e3)"),
        replaced(R"("size":1000)", R"("size":-1)"), replaced(R"("size":1000)", R"("size": 1000)"),
        replaced(R"("size":1000)", R"("size":9007199254740992)"),
        replaced(R"("size":1000)", R"("size":18446744073709551616)"),
        replaced(R"("size":1000)", R"("size":"1000")"), replaced(R"("kind":"log",)", ""),
        replaced(R"("kind":"log")", R"("kind":"log","kind":"log")"),
        replaced(R"("kind":"log")", R"("kind":"log","knew":"log")"),
        replaced("\\t", "\\u0009"), replaced("\\u0001", "\\u0000"), replaced("\\u0001", "\x01"),
        replaced("\\u0001", "\\u001F"), replaced("\\\"1", "\\/"), replaced("node", "n\xFFode"),
        replaced("node", "n\\u006fde"), replaced("23:59:59.25Z", "23:59:60Z"),
        replaced("2026-01-31T", "2026-02-31T"), replaced("T23:59:59.25Z", " 23:59:59.25Z"),
        replaced(R"("changed":true)", R"("changed":1)"), replaced("aws-key", "zzz"),
        replaced("jwt", "aws-key"), replaced(R"("foreign":4,)", ""),
        replaced(R"([0,256])", R"([0,256,1])"), replaced(R"([0,256],)", R"([0,256],,)")}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_index_line(bad, line).has_value());
    CHECK(parse_index_line(bad, line).error().reason == "malformed");
  }
  CHECK_FALSE(parse_index_line(replaced(R"("where":[)", R"("where":[],"x":[)"), line).has_value());
}

TEST_CASE("a line of 64 KiB or more is past the limit") {
  IndexLine line = full_line();
  line.source->path_ref.assign(70'000, 'x');
  CHECK(parse_index_line(written(line), line).error().reason == "limit");
}

TEST_CASE("lengths of an entry with a hit are multiples of 256, its own size is exact") {
  EntryHeader header{"a", "file"_r, "text/plain"_r, "files"_r, UtcTime::from_seconds(0)};
  SourceFacts source;
  source.path_ref = redact::Pipeline::text("a\xFF");
  source.size = 1001;
  source.read = 1001;
  source.kept = {{0, 100}, {300, 1001}};
  RedactionRecord redaction;
  redaction.bytes_scanned = 1001;
  redaction.foreign = 9;

  const IndexLine exact = make_index_line(header, 990, sha256("x"), source, redaction);
  CHECK(exact.source->size == 1001);
  CHECK(exact.redaction.bytes_scanned == 1001);
  CHECK(exact.source->kept[1] == std::pair<std::uint64_t, std::uint64_t>(300, 1001));
  CHECK(exact.source->path_ref == "a%FF");
  CHECK(exact.at == "1970-01-01T00:00:00Z");

  redaction.known = 1;
  const IndexLine rounded = make_index_line(header, 990, sha256("x"), source, redaction);
  CHECK(rounded.size == 990);
  CHECK(rounded.source->size == 1024);
  CHECK(rounded.source->read == 1024);
  CHECK(rounded.redaction.bytes_scanned == 1024);
  CHECK(rounded.source->kept[0] == std::pair<std::uint64_t, std::uint64_t>(0, 256));
  CHECK(rounded.source->kept[1] == std::pair<std::uint64_t, std::uint64_t>(512, 1024));

  const IndexLine no_source = make_index_line(header, 990, sha256("x"), std::nullopt, redaction);
  CHECK(no_source.redaction.bytes_scanned == 1024);
}

TEST_CASE("a layer that may be withheld has a line of its own") {
  std::string text;
  append_index_line(text, DisclosableLine{3, 2, 4096});
  CHECK(text == "{\"bytes\":4096,\"entries\":2,\"layer\":3}\n");
  text.pop_back();
  CHECK(is_disclosable_line(text));
  CHECK_FALSE(is_disclosable_line(written(full_line())));
  CHECK(parse_disclosable_line(text).value() == DisclosableLine{3, 2, 4096});
  CHECK_FALSE(parse_disclosable_line(text + " ").has_value());
  CHECK_FALSE(parse_disclosable_line(R"({"bytes":1,"entries":2})").has_value());
}
