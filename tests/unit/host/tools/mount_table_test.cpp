#include "host/tools/mount_table.hpp"

#include <doctest/doctest.h>

using namespace sourceos::host;

namespace {

constexpr std::string_view k_table =
    "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "30 21 8:1 /home/a/.ssh /home/a/dev/r/x rw - ext4 /dev/sda1 rw\n"
    "31 21 0:40 / /home/a/dev/r/with\\040space rw - tmpfs tmpfs rw\n"
    "32 21 8:2 / /data rw - ext4 /dev/sdb1 rw\n"
    "33 21 8:2 /in /home/a/dev/r/data rw - ext4 /dev/sdb1 rw\n"
    "34 21 0:41 / /no/dash rw\n"
    "35 21 8:2 /in  rw - ext4 /dev/sdb1 rw\n"
    "36 21 8:2  /out rw - ext4 /dev/sdb1 rw\n"
    "half a line\n";

}  // namespace

TEST_CASE("the kernel's table is read with its escapes") {
  const auto rows = parse_mount_table(k_table);
  REQUIRE(rows.size() == 6);
  CHECK(rows[2].point == "/home/a/dev/r/with space");
  CHECK(rows[0].type == "ext4");
  CHECK(rows[0].source == "/dev/sda1");
  CHECK(rows[0].options == "rw,relatime");
  CHECK(rows[1].super_options == "rw");
  CHECK(rows[5].type.empty());
}

TEST_CASE("a bind mount is traced to where it came from") {
  const auto rows = parse_mount_table(k_table);
  CHECK(sources_of(rows, rows[1]) == std::vector<std::string>{"/home/a/.ssh"});
  CHECK(sources_of(rows, rows[2]).empty());
  CHECK(sources_of(rows, rows[4]) == std::vector<std::string>{"/data/in"});
}

TEST_CASE("a table that is not there has no rows") {
  CHECK(read_mount_table("/nonexistent/mountinfo").empty());
}
