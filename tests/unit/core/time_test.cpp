#include "core/time.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace sourceos;

TEST_CASE("times are written and read as RFC 3339 in UTC") {
  CHECK(format_seconds(UtcTime::from_seconds(0)) == "1970-01-01T00:00:00Z");
  CHECK(format_exact({1'500'000'000}) == "1970-01-01T00:00:01.5Z");
  CHECK(format_exact(parse_time("2024-02-29T23:59:59.000000001Z").value()) ==
        "2024-02-29T23:59:59.000000001Z");
  CHECK(format_seconds(parse_time("1969-12-31T23:59:59Z").value()) == "1969-12-31T23:59:59Z");
}

TEST_CASE("the first and the last time of 64 bits have four digits for their year, as all between") {
  CHECK(format_exact({std::numeric_limits<std::int64_t>::min()}) == "1677-09-21T00:12:43.145224192Z");
  CHECK(format_exact({std::numeric_limits<std::int64_t>::max()}) == "2262-04-11T23:47:16.854775807Z");
  CHECK(format_exact({-10}) == "1969-12-31T23:59:59.99999999Z");
  CHECK(format_exact({1'020}) == "1970-01-01T00:00:00.00000102Z");
}

TEST_CASE("anything outside the grammar is refused") {
  for (const char* text : {"", "2024-02-30T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z",
                           "2024-01-01T00:00:00", "2024-01-01T00:00:00+00:00", "2024-01-01 00:00:00Z",
                           "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.1234567890Z", "9999-01-01T00:00:00Z",
                           "2024-1-01T00:00:000Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text).has_value());
  }
}
