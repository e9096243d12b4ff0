#include "bundle/log/leaf.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::bundle::log;

namespace {

Leaf sample() {
  return {7, LeafKind::bundle, sha256("m"), sha256("payload"), 5, "2026-01-02T03:04:05Z"};
}

bool is_read(std::string text, std::string_view old, std::string_view replacement) {
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  text.replace(at, old.size(), replacement);
  return parse_leaf(text).has_value();
}

}  // namespace

TEST_CASE("a leaf is read as it was written") {
  const std::string text = write_leaf(sample());
  CHECK(text == R"({"at":"2026-01-02T03:04:05Z","bundle":")" + sha256("m").text() +
                    R"(","kind":"bundle","payload":")" + sha256("payload").text() +
                    R"(","ref":5,"seq":7,"v":1})");
  CHECK(*parse_leaf(text) == sample());
}

TEST_CASE("every kind of leaf is read back") {
  for (const LeafKind kind : {LeafKind::open, LeafKind::bundle, LeafKind::intent, LeafKind::change,
                              LeafKind::gc, LeafKind::import, LeafKind::recovered}) {
    Leaf leaf = sample();
    leaf.kind = kind;
    leaf.ref.reset();
    CHECK(*parse_leaf(write_leaf(leaf)) == leaf);
    if (kind != LeafKind::bundle) {
      leaf.bundle.reset();
      leaf.payload.reset();
      CHECK(*parse_leaf(write_leaf(leaf)) == leaf);
    }
  }
}

TEST_CASE("a leaf in any other form is malformed") {
  const std::string text = write_leaf(sample());
  CHECK_FALSE(is_read(text, R"("v":1)", R"("v":2)"));
  CHECK_FALSE(is_read(text, R"("v":1)", R"("v":1,"w":1)"));
  CHECK_FALSE(is_read(text, R"("seq":7,)", ""));
  CHECK_FALSE(is_read(text, R"("seq":7)", R"("seq":7.0)"));
  CHECK_FALSE(is_read(text, R"("seq":7)", R"("seq":-7)"));
  CHECK_FALSE(is_read(text, R"("seq":7)", R"("seq": 7)"));
  CHECK_FALSE(is_read(text, R"("seq":7)", R"("seq":"7")"));
  CHECK_FALSE(is_read(text, R"("kind":"bundle")", R"("kind":"bundel")"));
  CHECK_FALSE(is_read(text, R"(03:04:05Z)", R"(03:04:05+00:00)"));
  CHECK_FALSE(is_read(text, "sha256:", "sha512:"));
  CHECK_FALSE(is_read(text, R"("ref":5)", R"("ref":"5")"));
  CHECK_FALSE(parse_leaf(text + "\n").has_value());
  CHECK_FALSE(parse_leaf("{}").has_value());
  CHECK_FALSE(parse_leaf("[]").has_value());
}

TEST_CASE("a leaf of kind bundle has a bundle and a payload") {
  Leaf leaf = sample();
  leaf.payload.reset();
  CHECK_FALSE(parse_leaf(write_leaf(leaf)).has_value());
  leaf = sample();
  leaf.bundle.reset();
  CHECK_FALSE(parse_leaf(write_leaf(leaf)).has_value());
}
