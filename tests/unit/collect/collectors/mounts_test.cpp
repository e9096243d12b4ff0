#include "collect/collectors/builtin.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::collect;

TEST_CASE("the kernel's table becomes rows") {
  CollectFixture fixture;
  fixture.fake.home.write("root/proc/self/mountinfo",
                          "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                          "30 22 0:25 /sub /mnt/with\\040space ro - fuse.x host:/a\\134b ro,x\n"
                          "broken line\n");
  const auto outcome = fixture.run(mounts_collector());
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::ok);
  const json::Value document = fixture.json_at({"mounts", "mounts.json"});
  REQUIRE(document["mounts"].size() == 2);
  CHECK(document["mounts"][0]["type"] == "ext4");
  CHECK(document["mounts"][1]["mountPoint"] == "/mnt/with space");
  CHECK(document["mounts"][1]["source"] == "host:/a\\b");
  CHECK(document["mounts"][1]["root"] == "/sub");
}

TEST_CASE("a host without a table is an error") {
  CollectFixture fixture;
  CHECK_FALSE(fixture.run(mounts_collector()));
}

TEST_CASE("macOS answers by its program") {
  CollectFixture fixture("macos-restart-storm");
  REQUIRE(fixture.run(mounts_collector()));
  CHECK(fixture.text({"mounts", "mounts.txt"}).starts_with("/dev/disk3s1s1 on /"));
  CollectFixture without;
  without.fake.host.environment.adapter = "macos";
  CHECK(without.run(mounts_collector())->state == CollectorState::failed);
}
