#include "verify/index_reader.hpp"

#include "tests/broken/forged_bundle.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;
using namespace sourceos::verify;

namespace {

// Reads the text in pieces of `step` bytes.
Result<IndexFacts> read(const std::string& text, std::size_t step = 1 << 20) {
  IndexFacts facts;
  IndexReader reader(facts);
  for (std::size_t at = 0; at < text.size(); at += step) {
    SOURCEOS_TRY(reader.consume(at, std::string_view(text).substr(at, step)));
  }
  SOURCEOS_TRY(reader.finish());
  return facts;
}

}  // namespace

TEST_CASE("lines are read the same wherever frames end") {
  const ForgedBundle forged;
  for (const std::size_t step : {1U, 7U, 100U, 4096U}) {
    const auto facts = read(forged.index, step);
    REQUIRE(facts.has_value());
    CHECK(facts->entries.size() == 3);
    CHECK(facts->digest == bundle::sha256(forged.index));
    CHECK(facts->by_rule.at("generic-token") == 200);
    CHECK(facts->complete);
    CHECK_FALSE(facts->order.has_value());
    CHECK_FALSE(facts->claim.has_value());
  }
}

TEST_CASE("an empty index is an index") { CHECK(read("")->entries.empty()); }

TEST_CASE("the first problem of each kind is kept with its entry") {
  ForgedBundle forged;
  std::swap(forged.lines[1], forged.lines[2]);
  forged.after_lines();
  const auto facts = read(forged.index);
  REQUIRE(facts.has_value());
  CHECK(facts->order->reason == "index-order");
  CHECK(facts->order->member == "facts/host.json");
}

TEST_CASE("the lines of disclosable layers come last, by layer") {
  const std::string line = ForgedBundle().lines[0] + "\n";
  const std::string second = R"({"bytes":16,"entries":1,"layer":2})" "\n";
  const std::string third = R"({"bytes":16,"entries":1,"layer":3})" "\n";
  CHECK(read(line + second + third)->disclosable.size() == 2);
  CHECK_FALSE(read(line + second + third)->order.has_value());
  CHECK(read(line + third + second)->order->reason == "index-order");
  CHECK(read(second + line)->order->reason == "index-order");
}

TEST_CASE("a line that is too long or unfinished is told apart") {
  CHECK(read(std::string(70'000, 'x')).error().kind == ErrorKind::limit);
  CHECK(read(std::string(70'000, 'x'), 1000).error().kind == ErrorKind::limit);
  CHECK(read("{").error().reason == "malformed");
}
