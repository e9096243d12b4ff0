#include "bundle/store_heads.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

Heads sample() {
  Heads heads;
  heads.log_id = std::string(32, 'a');
  heads.count = 9;
  heads.root = sha256("root");
  heads.blob_bytes = 1234;
  heads.open = {{3, "2026-01-02T03:04:05Z", "agent", "x", "start"}};
  ListRow row;
  row.seq = 8;
  row.id = sha256("m");
  row.at = "2026-01-02T03:04:06Z";
  row.command = "evidence collect";
  row.intent = 5;
  ListRow pruned;
  pruned.seq = 4;
  pruned.imported = true;
  pruned.pruned = Pruned{7, "2026-01-02T03:04:06Z", "keep-days", "old"};
  heads.rows = {row, pruned};
  return heads;
}

}  // namespace

TEST_CASE("heads are read as they were written") {
  const std::string text = write_heads(sample());
  const auto read = parse_heads(text);
  REQUIRE(read);
  CHECK(write_heads(*read) == text);
  CHECK(read->rows[0].intent == 5);
  CHECK(read->rows[1].pruned->rule == "keep-days");
  CHECK(read->open[0].command == "start");
}

TEST_CASE("heads of another shape are refused, not believed") {
  const std::string text = write_heads(sample());
  const auto with = [&](std::string_view old, std::string_view replacement) {
    std::string changed = text;
    const std::size_t at = changed.find(old);
    REQUIRE(at != std::string::npos);
    return changed.replace(at, old.size(), replacement);
  };
  CHECK_FALSE(parse_heads(with("\"v\":1", "\"v\":2")));
  CHECK_FALSE(parse_heads(with("\"count\":9", "\"count\":\"9\"")));
  CHECK_FALSE(parse_heads(with("\"intent\":5", "\"intent\":{}")));
  CHECK_FALSE(parse_heads(with("sha256:", "sha1:")));
  CHECK_FALSE(parse_heads(with("\"open\"", "\"opened\"")));
  CHECK_FALSE(parse_heads("[]"));
}

TEST_CASE("only the sum of bytes may differ between two that say the same") {
  Heads other = sample();
  other.blob_bytes = 1;
  CHECK(says_the_same(sample(), other));
  other.rows.pop_back();
  CHECK_FALSE(says_the_same(sample(), other));
}
