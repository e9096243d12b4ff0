#include "bundle/index_line.hpp"

#include <doctest/doctest.h>

#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "tests/unit/bundle/make_redacted.hpp"
#include "tests/unit/bundle/sample_index_line.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using tests::full_line;
using tests::written;
using tests::operator""_r;

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
