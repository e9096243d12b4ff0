#include "cli/git_sources.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

using namespace std::string_view_literals;

}  // namespace

TEST_CASE("raw changes name commit, blobs and path") {
  const auto changes = parse_raw_changes(
      "\x01" "c2\n\0:000000 100644 0000 1111 A\0a b.txt\0\x01" "c1\n\0:100644 100644 2222 3333 M\0x\0"
      ":100644 000000 4444 0000 D\0y\0"sv);
  REQUIRE_MESSAGE(changes.has_value(), changes.error().message);
  REQUIRE(changes->size() == 3);
  CHECK((*changes)[0].commit == "c2");
  CHECK((*changes)[0].path == "a b.txt");
  CHECK((*changes)[0].new_id == "1111");
  CHECK((*changes)[1].commit == "c1");
  CHECK((*changes)[1].old_id == "2222");
  CHECK((*changes)[2].status == "D");
}

TEST_CASE("staged changes have no commit") {
  const auto changes = parse_raw_changes(":000000 100644 0000 1111 A\0a\0"sv);
  REQUIRE(changes.has_value());
  CHECK((*changes)[0].commit.empty());
}

TEST_CASE("anything else is no list of changes") {
  CHECK_FALSE(parse_raw_changes("fatal: bad\0"sv).has_value());
  CHECK_FALSE(parse_raw_changes(":1 2 3 4 M\0"sv).has_value());
  CHECK(parse_raw_changes("").value().empty());
}
