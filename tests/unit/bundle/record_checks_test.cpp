#include "bundle/record_checks.hpp"

#include <array>

#include <doctest/doctest.h>

#include "core/json/json.hpp"

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

std::string reason_of(const Status& status) { return status ? "" : status.error().reason; }

}  // namespace

TEST_CASE("an object has exactly the fields of its table") {
  static constexpr std::array<shape::Field, 2> k_fields = {
      {{"name", shape::text}, {"note", shape::text, shape::Presence::when_known}}};
  const auto check = [](const json::Value& value) { return reason_of(shape::fields(value, "/x", k_fields)); };
  CHECK(check({{"name", "a"}}).empty());
  CHECK(check({{"name", "a"}, {"note", "b"}}).empty());
  CHECK(check({{"note", "b"}}) == "schema");
  CHECK(check({{"name", 1}}) == "schema");
  CHECK(check({{"name", "a"}, {"other", 1}}) == "malformed");
  CHECK(check(json::Value::array()) == "schema");
}

TEST_CASE("what is wrong is said with its place") {
  const Status status = shape::list<shape::integer>(json::Value::parse("[1,-2]"), "/seqs");
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().message == "/seqs/1: expected an integer from 0 to 2^53-1");
}

TEST_CASE("lists, lists that are not empty, and what may be null") {
  const json::Value none = json::Value::array();
  CHECK(shape::list<shape::text>(none, "").has_value());
  CHECK_FALSE(shape::some<shape::text>(none, "").has_value());
  CHECK(shape::nullable<shape::text>(json::Value(), "").has_value());
  CHECK_FALSE(shape::nullable<shape::text>(json::Value(1), "").has_value());
}

TEST_CASE("hex digits, digests and times are taken in one form") {
  CHECK(shape::hex32(std::string(32, 'a'), "").has_value());
  CHECK_FALSE(shape::hex32(std::string(32, 'A'), "").has_value());
  CHECK(shape::nonce(std::string(128, '0'), "").has_value());
  CHECK_FALSE(shape::nonce(std::string(130, '0'), "").has_value());
  CHECK_FALSE(shape::nonce(std::string(33, '0'), "").has_value());
  CHECK(shape::digest("sha256:" + std::string(64, '0'), "").has_value());
  CHECK_FALSE(shape::digest(std::string(64, '0'), "").has_value());
  CHECK(shape::time("2026-01-31T23:59:59.123Z", "").has_value());
  CHECK_FALSE(shape::time("2026-01-31T23:59:59+00:00", "").has_value());
}
