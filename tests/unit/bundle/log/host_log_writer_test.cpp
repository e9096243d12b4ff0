#include "bundle/log/host_log_writer.hpp"

#include <fstream>

#include "bundle/log/host_log_leaves.hpp"
#include "bundle/log/merkle.hpp"
#include "host/fault.hpp"
#include "tests/unit/bundle/log/sample_log.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::bundle::log;
using tests::SampleLog;

namespace {

// Bytes after the last record, as a crash would leave them.
void add_bytes(const SampleLog& sample, std::string_view bytes) {
  std::ofstream(sample.path / "leaves", std::ios::binary | std::ios::app) << bytes;
}

}  // namespace

TEST_CASE("a new log has its first leaf and a checkpoint over it") {
  const SampleLog sample;
  const HostLog log = sample.open();
  CHECK(log.size() == 1);
  CHECK(log.root() == leaf_hash(write_leaf(SampleLog::leaf(0))));
  CHECK(log.checkpoint().origin == sample.origin);
  CHECK(log.verify(sample.signer->public_key()).empty());
}

TEST_CASE("leaves append in order and no other way") {
  const SampleLog sample;
  HostLog log = sample.open();
  auto writer = LogWriter::open(log, *sample.signer);
  REQUIRE(writer);
  CHECK(writer->append({SampleLog::leaf(2)}).error().reason == "log-gap");
  REQUIRE(writer->append({SampleLog::leaf(1), SampleLog::leaf(2)}));
  CHECK(log.size() == 1);  // committed, not yet published
  REQUIRE(writer->publish());
  CHECK(log.size() == 3);
  CHECK(log.verify(sample.signer->public_key()).empty());
}

TEST_CASE("a torn last leaf is cut") {
  const SampleLog sample;
  sample.grow(3);
  const std::string record = write_leaf_record(write_leaf(SampleLog::leaf(4)));
  const auto size = std::filesystem::file_size(sample.path / "leaves");
  for (const std::size_t part : {std::size_t{1}, std::size_t{5}, record.size() - 1}) {
    add_bytes(sample, record.substr(0, part));
    HostLog log = sample.open();
    CHECK(log.size() == 4);
    const auto writer = LogWriter::open(log, *sample.signer);
    REQUIRE(writer);
    CHECK(writer->recovered() == 0);
    CHECK(std::filesystem::file_size(sample.path / "leaves") == size);
  }
}

TEST_CASE("a whole leaf beyond the checkpoint is kept and signed for") {
  const SampleLog sample;
  const SampleLog twin;
  sample.grow(3);
  twin.grow(5);
  add_bytes(sample, write_leaf_record(write_leaf(SampleLog::leaf(4))) +
                        write_leaf_record(write_leaf(SampleLog::leaf(5))) + "torn");
  HostLog log = sample.open();
  CHECK(log.size() == 4);
  const auto writer = LogWriter::open(log, *sample.signer);
  REQUIRE(writer);
  CHECK(writer->recovered() == 2);
  CHECK(log.size() == 6);
  // Ed25519 is deterministic: the checkpoint is the one that the writer would have published.
  CHECK(log.checkpoint_text() == twin.open().checkpoint_text());
  CHECK(log.verify(sample.signer->public_key()).empty());
}

TEST_CASE("a log that lost leaves refuses to grow") {
  const SampleLog sample;
  sample.grow(5);
  std::filesystem::resize_file(sample.path / "leaves",
                               std::filesystem::file_size(sample.path / "leaves") - 1);
  HostLog log = sample.open();
  const auto writer = LogWriter::open(log, *sample.signer);
  REQUIRE_FALSE(writer);
  CHECK(writer.error().reason == "log-rewound");
}

TEST_CASE("a log whose leaves were rewritten refuses to grow") {
  const SampleLog sample;
  sample.grow(5);
  Leaf other = SampleLog::leaf(2);
  other.payload = sha256("other");
  const std::string good = write_leaf_record(write_leaf(SampleLog::leaf(2)));
  const std::string bad = write_leaf_record(write_leaf(other));
  std::string bytes = tests::read_file(sample.path / "leaves");
  bytes.replace(bytes.find(good), good.size(), bad);
  std::ofstream(sample.path / "leaves", std::ios::binary) << bytes;

  HostLog log = sample.open();
  CHECK(log.verify(sample.signer->public_key()).at(0).reason == "log-fork");
  // The tiles still hold the old hashes, which is why they count for nothing in verify; the writer
  // finds the fork once they are gone.
  std::filesystem::remove_all(sample.path / "tile");
  HostLog again = sample.open();
  const auto writer = LogWriter::open(again, *sample.signer);
  REQUIRE_FALSE(writer);
  CHECK(writer.error().reason == "log-fork");
}

TEST_CASE("publishing may be tried again after an error") {
  const SampleLog sample;
  HostLog log = sample.open();
  auto writer = LogWriter::open(log, *sample.signer);
  REQUIRE(writer->append({SampleLog::leaf(1)}));
  REQUIRE(host::arm_faults("store.checkpoint.fsync"));
  CHECK_FALSE(writer->publish());
  REQUIRE(host::arm_faults(""));
  CHECK(writer->publish());
  CHECK(log.size() == 2);
  CHECK(log.verify(sample.signer->public_key()).empty());
}

TEST_CASE("a leaf that could not be written whole leaves nothing behind") {
  const SampleLog sample;
  HostLog log = sample.open();
  auto writer = LogWriter::open(log, *sample.signer);
  const auto size = std::filesystem::file_size(sample.path / "leaves");
  REQUIRE(host::arm_faults("store.leaf.write:enospc"));
  CHECK(writer->append({SampleLog::leaf(1)}).error().reason == "no-space");
  REQUIRE(host::arm_faults(""));
  CHECK(std::filesystem::file_size(sample.path / "leaves") == size);
  CHECK(writer->append({SampleLog::leaf(1)}));
  CHECK(writer->publish());
}

TEST_CASE("caches are made anew from the leaves") {
  const SampleLog sample;
  sample.grow(300, 50);
  std::filesystem::remove(sample.path / "offsets");
  std::filesystem::remove_all(sample.path / "tile");
  sample.grow(1);
  HostLog log = sample.open();
  auto writer = LogWriter::open(log, *sample.signer);
  REQUIRE(writer->rebuild_caches());
  CHECK(offsets_are_right(log));
  CHECK(tiles_are_right(log));
  CHECK(log.verify(sample.signer->public_key()).empty());
}
