#include <doctest/doctest.h>

#include "core/limits.hpp"
#include "redact/known_values.hpp"

using namespace sourceos;
using namespace sourceos::redact;

namespace {

std::vector<std::uint64_t> ends_in(const KnownValues& known, std::string_view text) {
  std::vector<Event> events;
  known.scan(text, 0, 0, events);
  std::vector<std::uint64_t> ends;
  for (const Event& event : events) {
    ends.push_back(event.end);
  }
  return ends;
}

KnownValue from(std::string value, bool operator_source) {
  KnownValue known;
  known.value = std::move(value);
  known.klass = "known";
  known.operator_source = operator_source;
  return known;
}

}  // namespace

TEST_CASE("a known value is found at every place, also where places overlap") {
  KnownValues known;
  REQUIRE(known.add(from("abcabc", true)));
  CHECK(known.empty());
  known.freeze();
  CHECK_FALSE(known.empty());
  CHECK(ends_in(known, "x abcabcabc y abcabc") == std::vector<std::uint64_t>{8, 11, 20});
  CHECK(known.width_max() == 6);
}

TEST_CASE("a value is taken once, and one that is too short or too long never") {
  KnownValues known;
  CHECK(known.add(from("horse", true)));
  CHECK_FALSE(known.add(from("horse", true)));
  CHECK_FALSE(known.add(from("ab", true)));
  CHECK_FALSE(known.add(from(std::string(5000, 'a'), true)));
  CHECK(known.size() == 1);
}

TEST_CASE("at the cap an operator's value takes the place of a hostile source's, never the reverse") {
  KnownValues known;
  for (std::size_t i = 0; i < limits::k_known_values_max; ++i) {
    REQUIRE(known.add(from("value-" + std::to_string(i), i != 0)));
  }
  CHECK(known.add(from("of the operator", true)));
  CHECK_FALSE(known.add(from("of a log", false)));
  CHECK_FALSE(known.add(from("one too many", true)));
  CHECK(known.size() == limits::k_known_values_max);
  CHECK(known.dropped() == 3);
  CHECK(known.at(0).value == "of the operator");
}
