#include "bundle/log/host_log_caches.hpp"

#include <fstream>

#include "tests/unit/bundle/log/sample_log.hpp"

using namespace sourceos;
using namespace sourceos::bundle::log;
using tests::SampleLog;

TEST_CASE("caches that say what the leaves say are right") {
  const SampleLog sample;
  sample.grow(300, 7);
  const HostLog log = sample.open();
  CHECK(offsets_are_right(log));
  CHECK(tiles_are_right(log));
}

TEST_CASE("a wrong byte in a cache is found") {
  const SampleLog sample;
  sample.grow(300, 7);
  const auto flip = [&](const char* name) {
    std::string bytes = tests::read_file(sample.path / name);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    std::ofstream(sample.path / name, std::ios::binary) << bytes;
  };
  SUBCASE("offsets") {
    flip("offsets");
    CHECK_FALSE(offsets_are_right(sample.open()));
    CHECK(tiles_are_right(sample.open()));
  }
  SUBCASE("full tile") {
    flip("tile/0/000");
    CHECK_FALSE(tiles_are_right(sample.open()));
  }
  SUBCASE("partial tile") {
    flip("tile/1/000.p/1");
    CHECK_FALSE(tiles_are_right(sample.open()));
  }
}
