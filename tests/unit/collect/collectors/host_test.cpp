#include "collect/collectors/builtin.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::collect;

TEST_CASE("a Linux host is told by its files") {
  CollectFixture fixture;
  fixture.fake.home.write("root/usr/lib/os-release", "NAME=x\nPRETTY_NAME=\"Demo Linux 12\"\n");
  std::filesystem::create_directories(fixture.fake.home / "root/etc");
  std::filesystem::create_symlink("../usr/lib/os-release",
                                  fixture.fake.home / "root/etc/os-release");
  fixture.fake.home.write("root/etc/machine-id", "00112233445566778899aabbccddeeff\n");
  fixture.fake.home.write("root/proc/sys/kernel/osrelease", "6.1.0-demo\n");
  fixture.fake.home.write("root/proc/uptime", "1161.42 2000.00\n");
  fixture.fake.home.write("root/proc/meminfo", "MemTotal:  2048 kB\nMemAvailable: 1024 kB\n");
  fixture.fake.home.write("root/proc/cpuinfo", "processor : 0\nx\nprocessor : 1\n");
  fixture.fake.home.write(
      "root/proc/self/limits",
      "Limit                     Soft Limit           Hard Limit           Units\n"
      "Max open files            1024                 4096                 files\n");
  const auto outcome = fixture.run(host_collector());
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::ok);
  const json::Value document = fixture.json_at({"host", "host.json"});
  CHECK(document["osVersion"] == "Demo Linux 12");
  CHECK(document["kernel"] == "6.1.0-demo");
  CHECK(document["uptimeSeconds"] == 1161);
  CHECK(document["processors"] == 2);
  CHECK(document["memoryKib"] == 2048);
  CHECK(document["limits"][0]["name"] == "Max open files");
  CHECK(document["limits"][0]["hard"] == "4096");
  CHECK_FALSE(document.dump().find("00112233") != std::string::npos);
  CHECK(fixture.found.facts.host->machine_id == "00112233445566778899aabbccddeeff");
  CHECK(fixture.found.facts.host->architecture == "x86_64");
}

TEST_CASE("a host without the usual files leaves nulls") {
  CollectFixture fixture;
  const auto outcome = fixture.run(host_collector());
  REQUIRE(outcome);
  CHECK(fixture.json_at({"host", "host.json"})["uptimeSeconds"].is_null());
}

TEST_CASE("macOS is asked by its programs") {
  CollectFixture fixture("macos-restart-storm");
  REQUIRE(fixture.run(host_collector()));
  CHECK(fixture.found.facts.host->os_version == "macOS 14.6.1");
  CHECK(fixture.found.facts.host->kernel == "23.6.0");
  CHECK(fixture.json_at({"host", "host.json"})["processors"] == 8);
}
