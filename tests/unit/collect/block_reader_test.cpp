#include "collect/block_reader.hpp"

#include <atomic>

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
  CHECK(reader.finish().info->read == content.size());
}

TEST_CASE("who asked for blocks on the reading thread has each before the caller") {
  const std::string content(3 * collect::BlockReader::k_block_bytes + 7, 'z');
  std::atomic<std::size_t> seen = 0;
  collect::BlockReader reader(std::make_unique<tests::FakeSource>(content), 10'000,
                              [&](std::string_view block) { seen += block.size(); });
  std::size_t got = 0;
  for (auto block = reader.next(); !block.value().empty(); block = reader.next()) {
    got += block->size();
    CHECK(seen >= got);
  }
  CHECK(seen == content.size());
}

TEST_CASE("an empty source ends at once") {
  collect::BlockReader reader(std::make_unique<tests::FakeSource>(""), 10'000);
  CHECK(reader.next().value().empty());
  CHECK(reader.finish().cut.empty());
}

TEST_CASE("a source that hangs is left behind and said to have timed out") {
  collect::BlockReader reader(tests::hanging_source(2s), 20);
  CHECK(reader.next().error().kind == ErrorKind::timeout);
  CHECK(reader.finish().cut == "timeout");
}

TEST_CASE("a source that breaks off gives what came, what is known of it, and why no more came") {
  collect::BlockReader reader(std::make_unique<tests::BreakingSource>(), 10'000);
  CHECK(read_all(reader) == "what came\n");
  const collect::SourceEnd end = reader.finish();
  CHECK(end.cut == "io-error");
  CHECK(end.info->size == 100);
  CHECK(end.info->read == 10);
}

TEST_CASE("a reader that nobody asks any more lets go of its thread") {
  collect::BlockReader reader(std::make_unique<tests::FakeSource>(std::string(20'000'000, 'x')), 1000);
  CHECK(reader.next().value().size() == collect::BlockReader::k_block_bytes);
}
