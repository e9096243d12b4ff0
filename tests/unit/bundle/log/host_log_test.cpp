#include "bundle/log/host_log.hpp"

#include <fstream>

#include "bundle/log/merkle.hpp"
#include "tests/unit/bundle/log/sample_log.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::bundle::log;
using tests::SampleLog;

TEST_CASE("a log that is not there cannot be opened") {
  const tests::TemporaryDirectory directory;
  const auto log = HostLog::open(directory / "log");
  REQUIRE_FALSE(log);
  CHECK(log.error().kind == ErrorKind::not_found);
}

TEST_CASE("a log of which a part is gone is damaged, not absent") {
  for (const char* part : {"leaves", "checkpoint"}) {
    CAPTURE(part);
    const SampleLog sample;
    std::filesystem::remove(sample.path / part);
    const auto log = HostLog::open(sample.path);
    REQUIRE_FALSE(log);
    CHECK(log.error().reason == "log-gap");
  }
}

TEST_CASE("each leaf has an inclusion proof under the newest checkpoint") {
  const SampleLog sample;
  sample.grow(599, 100);
  const HostLog log = sample.open();
  REQUIRE(log.size() == 600);
  for (std::uint64_t seq : {0U, 1U, 255U, 256U, 511U, 512U, 599U}) {
    const auto proof = log.proof(seq);
    REQUIRE(proof);
    CHECK(proof->index == seq);
    CHECK(proof->leaf == write_leaf(SampleLog::leaf(seq)));
    CHECK(is_included(*proof, log.checkpoint()));
  }
  CHECK(log.proof(600).error().reason == "input-missing");
}

TEST_CASE("a proof does not rest on tiles that lie") {
  const SampleLog sample;
  sample.grow(20, 20);
  std::ofstream(sample.path / "tile/0/000.p/21", std::ios::binary) << std::string(21 * 32, 'x');
  const HostLog log = sample.open();
  const auto proof = log.proof(7);
  REQUIRE(proof);
  CHECK(is_included(*proof, log.checkpoint()));
  const auto consistency = log.consistency(5, 21);
  REQUIRE(consistency);
  CHECK(verify_consistency(5, *[&] {
                             MemoryTree tree;
                             for (std::uint64_t seq = 0; seq < 5; ++seq) {
                               tree.append(leaf_hash(write_leaf(SampleLog::leaf(seq))));
                             }
                             return tree.root_of(5);
                           }(),
                           21, log.root(), consistency->hashes));
}

TEST_CASE("any two sizes of a log are shown to be consistent") {
  const SampleLog sample;
  sample.grow(300, 60);
  const HostLog log = sample.open();
  for (const std::uint64_t old_size : {1U, 2U, 100U, 256U, 300U, 301U}) {
    for (const std::uint64_t new_size : {300U, 301U}) {
      if (old_size > new_size) {
        continue;
      }
      const auto proof = log.consistency(old_size, new_size);
      REQUIRE(proof);
      CHECK(verify_consistency(old_size, *log.root_of(old_size), new_size,
                               *log.root_of(new_size), proof->hashes));
    }
  }
  CHECK(log.consistency(0, 5).error().kind == ErrorKind::usage);
  CHECK(log.consistency(5, 4).error().kind == ErrorKind::usage);
  CHECK(log.consistency(5, 302).error().kind == ErrorKind::usage);
}

TEST_CASE("a reader sees the leaves under its checkpoint until it looks again") {
  const SampleLog sample;
  sample.grow(2);
  HostLog log = sample.open();
  sample.grow(3);
  CHECK(log.size() == 3);
  CHECK_FALSE(log.leaf(3));
  CHECK(is_included(*log.proof(2), log.checkpoint()));
  REQUIRE(log.refresh());
  CHECK(log.size() == 6);
  CHECK(log.leaf(5)->leaf.seq == 5);
}

TEST_CASE("leaves are walked forwards and back") {
  const SampleLog sample;
  sample.grow(9, 3);
  const HostLog log = sample.open();
  std::vector<std::uint64_t> forwards;
  REQUIRE(log.for_each(3, 7, [&](const StoredLeaf& leaf) -> Status {
    forwards.push_back(leaf.leaf.seq);
    return {};
  }));
  CHECK(forwards == std::vector<std::uint64_t>{3, 4, 5, 6});
  std::vector<std::uint64_t> back;
  REQUIRE(log.for_each_back([&](const StoredLeaf& leaf) -> Result<bool> {
    back.push_back(leaf.leaf.seq);
    return back.size() < 3;
  }));
  CHECK(back == std::vector<std::uint64_t>{9, 8, 7});
}
