#include "bundle/tar_header.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

std::string field(const TarHeader& header, std::size_t at, std::size_t bytes) {
  return std::string(header.data() + at, bytes);
}

}  // namespace

// The bytes as a whole are compared with GNU tar's in writer_test.cpp.
TEST_CASE("a header holds name, size, checksum and nothing of the host") {
  const TarHeader header = make_tar_header("facts/git.json", 1234).value();
  CHECK(field(header, 0, 15) == std::string("facts/git.json\0", 15));
  CHECK(field(header, 100, 8) == std::string("0000644\0", 8));
  CHECK(field(header, 124, 12) == std::string("00000002322\0", 12));
  CHECK(field(header, 136, 12) == std::string("00000000000\0", 12));
  CHECK(field(header, 257, 8) == std::string("ustar\00000", 8));
  std::uint32_t sum = 8 * ' ';
  for (std::size_t i = 0; i < header.size(); ++i) {
    const bool is_checksum = i >= 148 && i < 156;
    sum += is_checksum ? 0U : static_cast<unsigned char>(header[i]);
  }
  CHECK(std::stoul(field(header, 148, 6), nullptr, 8) == sum);
}

TEST_CASE("a path of more than 100 bytes is split at the last slash that fits") {
  const std::string folder(80, 'a');
  const std::string path = folder + "/" + std::string(80, 'b') + "/" + std::string(14, 'c');
  REQUIRE(path.size() == 176);
  const TarHeader header = make_tar_header(path, 0).value();
  CHECK(field(header, 345, 80) == folder);
  CHECK(field(header, 0, 95) == path.substr(81));
}

TEST_CASE("what no ustar header can hold is refused") {
  CHECK(make_tar_header("", 0).error().reason == "path-unsafe");
  CHECK(make_tar_header(std::string(101, 'a'), 0).error().reason == "path-unsafe");
  CHECK(make_tar_header(std::string(100, 'a'), 0).has_value());
  CHECK(make_tar_header("a", k_tar_member_bytes_max).has_value());
  CHECK(make_tar_header("a", k_tar_member_bytes_max + 1).error().kind == ErrorKind::limit);
}

TEST_CASE("members fill whole blocks, streams whole records") {
  CHECK(tar_padding(0) == 0);
  CHECK(tar_padding(1) == 511);
  CHECK(tar_padding(512) == 0);
  CHECK(tar_member_bytes(0) == 512);
  CHECK(tar_member_bytes(513) == 1536);
  CHECK(tar_stream_bytes(0) == 10'240);
  CHECK(tar_stream_bytes(10'240 - 1'024) == 10'240);
  CHECK(tar_stream_bytes(10'240 - 512) == 20'480);
}
