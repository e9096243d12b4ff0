#include "bundle/log/host_log_leaves.hpp"

#include <fstream>

#include "core/limits.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle::log;

namespace {

// Writes records and returns where each ends.
std::vector<std::uint64_t> fill(const LeafFile& file, const std::vector<std::string>& leaves) {
  std::vector<std::uint64_t> ends;
  std::string records;
  for (const std::string& leaf : leaves) {
    records += write_leaf_record(leaf);
    ends.push_back(records.size());
  }
  REQUIRE(file.write_at(0, records));
  REQUIRE(file.write_offsets(0, ends));
  return ends;
}

std::vector<std::string> many(std::size_t count) {
  std::vector<std::string> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back("leaf " + std::to_string(i) + std::string(i % 300, '.'));
  }
  return leaves;
}

}  // namespace

TEST_CASE("CRC-32C gives the values of RFC 3720") {
  std::string counting;
  for (char byte = 0; byte < 32; ++byte) {
    counting += byte;
  }
  CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AA);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62A8AB43);
  CHECK(crc32c(counting) == 0x46DD794E);
  CHECK(crc32c("123456789") == 0xE3069283);
}

TEST_CASE("a leaf record is length, leaf and CRC, little-endian") {
  const std::string record = write_leaf_record("ab");
  REQUIRE(record.size() == 10);
  CHECK(record.substr(0, 6) == std::string("\x02\x00\x00\x00", 4) + "ab");
}

TEST_CASE("records are read by index and in order") {
  const tests::TemporaryDirectory directory;
  const auto leaves = many(10'000);
  const auto file = LeafFile::open(directory.path(), LeafFile::Access::write);
  REQUIRE(file);
  const auto ends = fill(*file, leaves);
  CHECK(file->record(0)->leaf == leaves[0]);
  CHECK(file->record(9'999)->leaf == leaves[9'999]);
  CHECK(*file->end_of(5'000) == ends[4'999]);
  CHECK(file->offsets_fit(10'000));
  CHECK_FALSE(file->offsets_fit(10'001));
  std::uint64_t next = 17;
  REQUIRE(file->for_each(17, 9'000, [&](std::uint64_t index, std::string_view leaf) -> Status {
    CHECK(index == next++);
    CHECK(leaf == leaves[index]);
    return {};
  }));
  CHECK(next == 9'017);
}

TEST_CASE("offsets that are lost or lie are not needed") {
  const tests::TemporaryDirectory directory;
  const auto leaves = many(50);
  {
    const auto file = LeafFile::open(directory.path(), LeafFile::Access::write);
    (void)fill(*file, leaves);
  }
  SUBCASE("lost") { std::filesystem::remove(directory / "offsets"); }
  SUBCASE("short") { std::filesystem::resize_file(directory / "offsets", 16); }
  SUBCASE("zeroed") {
    std::ofstream(directory / "offsets", std::ios::binary) << std::string(50 * 8, '\0');
  }
  const auto file = LeafFile::open(directory.path(), LeafFile::Access::read);
  REQUIRE(file);
  CHECK(file->record(49)->leaf == leaves[49]);
  CHECK(file->record(7)->leaf == leaves[7]);
  CHECK_FALSE(file->record(50));
  CHECK_FALSE(file->offsets_fit(50));
}

TEST_CASE("a torn record is no record") {
  const tests::TemporaryDirectory directory;
  const auto file = LeafFile::open(directory.path(), LeafFile::Access::write);
  const std::string record = write_leaf_record("a leaf that is not whole");
  for (std::size_t size = 0; size < record.size(); ++size) {
    REQUIRE(file->cut(0));
    REQUIRE(file->write_at(0, record.substr(0, size)));
    const auto found = file->record_at(0);
    REQUIRE(found);
    CHECK_FALSE(found->has_value());
  }
  SUBCASE("one bit wrong") {
    for (std::size_t i = 0; i < record.size(); ++i) {
      std::string flipped = record;
      flipped[i] = static_cast<char>(flipped[i] ^ 1);
      REQUIRE(file->cut(0));
      REQUIRE(file->write_at(0, flipped));
      CHECK_FALSE((*file->record_at(0)).has_value());
    }
  }
  SUBCASE("longer than any leaf") {
    REQUIRE(file->write_at(
        0, write_leaf_record(std::string(limits::k_log_leaf_bytes_max + 1, 'x'))));
    CHECK_FALSE((*file->record_at(0)).has_value());
  }
}
