#include "collect/block_reader.hpp"

#include <doctest/doctest.h>

#include "tests/unit/collect/fake_sources.hpp"

using namespace sourceos;
using namespace std::chrono_literals;

namespace {

std::string read_all(collect::BlockReader& reader) {
  std::string all;
  for (;;) {
    const Result<std::string_view> block = reader.next();
    REQUIRE(block.has_value());
    if (block->empty()) {
      return all;
    }
    all += *block;
  }
}

}  // namespace

TEST_CASE("a source is read in order to its end") {
  std::string content;
  for (int i = 0; i < 900'000; ++i) {
    content += static_cast<char>('a' + i % 26);
    content += static_cast<char>('0' + i / 26 % 10);
    content += '\n';
    content += static_cast<char>(i);
    content += static_cast<char>(i >> 8);
    content += static_cast<char>(i >> 16);
  }
  collect::BlockReader reader(std::make_unique<tests::FakeSource>(content), 10'000);
  CHECK(read_all(reader) == content);
  CHECK(reader.finish().value().info->read == content.size());
}

TEST_CASE("an empty source ends at once") {
  collect::BlockReader reader(std::make_unique<tests::FakeSource>(""), 10'000);
  CHECK(reader.next().value().empty());
  CHECK(reader.finish().value().cut.empty());
}

TEST_CASE("a source that hangs is left behind and said to have timed out") {
  collect::BlockReader reader(tests::hanging_source(2s), 20);
  CHECK(reader.next().error().kind == ErrorKind::timeout);
  CHECK(reader.finish().value().cut == "timeout");
}

TEST_CASE("a reader that nobody asks any more lets go of its thread") {
  collect::BlockReader reader(std::make_unique<tests::FakeSource>(std::string(20'000'000, 'x')), 1000);
  CHECK(reader.next().value().size() == collect::BlockReader::k_block_bytes);
}
