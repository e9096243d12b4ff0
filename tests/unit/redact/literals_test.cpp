#include "redact/literals.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace sourceos::redact;

namespace {

std::vector<Event> events_in(const Literals& literals, std::string_view text, std::uint64_t base = 0,
                             std::uint64_t after = 0) {
  std::vector<Event> events;
  literals.scan(text, base, after, events);
  std::ranges::sort(events);
  return events;
}

}  // namespace

TEST_CASE("every place of every literal is told") {
  const Literals literals({{.expression = "abc", .literal = true},
                           {.expression = "Token", .literal = true, .caseless = true},
                           {.expression = "bcd", .literal = true}});
  CHECK((events_in(literals, "abcd tOKEN Abc") == std::vector<Event>{{3, 0}, {4, 2}, {10, 1}}));
  CHECK((events_in(literals, "abc abc", 10, 13) == std::vector<Event>{{17, 0}}));
}

TEST_CASE("bytes that only fold alike are told apart") {
  const Literals literals({{.expression = "key_", .literal = true, .caseless = true},
                           {.expression = "[a{", .literal = true, .caseless = true}});
  CHECK(events_in(literals, "key\x7F KEY? {A[").empty());
  CHECK(events_in(literals, "KEY_ [A{").size() == 2);
}

TEST_CASE("texts and sets of any size are fine") {
  CHECK(Literals({}).empty());
  CHECK(events_in(Literals({}), "abc").empty());
  const Literals literals({{.expression = "abc", .literal = true}});
  CHECK(events_in(literals, "").empty());
  CHECK(events_in(literals, "ab").empty());
  CHECK(events_in(literals, "xxab").empty());
}
