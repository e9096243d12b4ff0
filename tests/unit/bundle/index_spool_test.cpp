#include "bundle/index_spool.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

IndexLine line_of(std::size_t number) {
  IndexLine line;
  line.path = "d/" + std::to_string(number);
  line.collector = "a\"path\":\"b";  // must not be taken for the path
  line.at = "2026-01-31T23:59:59Z";
  return line;
}

void check_all_come_back(std::size_t count) {
  const tests::TemporaryDirectory directory;
  {
    IndexSpool spool(directory / "spool");
    for (std::size_t i = 0; i < count; ++i) {
      REQUIRE(spool.append(line_of(i)).has_value());
    }
    std::size_t next = 0;
    const Status all = spool.for_each([&](std::string_view head) -> Status {
      std::string expected;
      append_index_line_head(expected, line_of(next));
      REQUIRE(head == expected);
      REQUIRE(path_of_head(head) == "d/" + std::to_string(next));
      ++next;
      return {};
    });
    CHECK(all.has_value());
    CHECK(next == count);
  }
  CHECK(std::filesystem::is_empty(directory.path()));
}

}  // namespace

TEST_CASE("lines come back in order, from memory and from a file") {
  check_all_come_back(0);
  check_all_come_back(10);
  check_all_come_back(60'000);
}

TEST_CASE("a line that would be too long is refused and leaves nothing behind") {
  const tests::TemporaryDirectory directory;
  IndexSpool spool(directory / "spool");
  IndexLine line = line_of(1);
  line.kind.assign(60'000, 'x');
  CHECK(spool.append(line).error().reason == "limit");
  CHECK(spool.append(line_of(0)).has_value());
  std::size_t count = 0;
  CHECK(spool
            .for_each([&](std::string_view) -> Status {
              ++count;
              return {};
            })
            .has_value());
  CHECK(count == 1);
}
