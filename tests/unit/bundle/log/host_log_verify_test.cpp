#include <fstream>

#include "bundle/log/host_log.hpp"
#include "bundle/log/host_log_leaves.hpp"
#include "tests/unit/bundle/log/sample_log.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::bundle::log;
using tests::SampleLog;

namespace {

// Appends leaves that nobody checks, with a true checkpoint over them.
void append(const SampleLog& sample, const std::vector<Leaf>& leaves) {
  HostLog log = sample.open();
  auto writer = LogWriter::open(log, *sample.signer);
  REQUIRE(writer);
  REQUIRE(writer->append(leaves));
  REQUIRE(writer->publish());
}

std::vector<std::string> reasons(const SampleLog& sample) {
  std::vector<std::string> out;
  for (const LogFault& fault : sample.open().verify(sample.signer->public_key())) {
    out.push_back(fault.reason);
  }
  return out;
}

const std::vector<std::string> k_malformed = {"malformed"};

}  // namespace

TEST_CASE("a good log has no fault") {
  const SampleLog sample;
  sample.grow(300, 100);
  CHECK(reasons(sample).empty());
}

TEST_CASE("a leaf may refer only to what it can be about") {
  const SampleLog sample;
  Leaf leaf = SampleLog::leaf(1);
  leaf.kind = LeafKind::bundle;
  leaf.bundle = sha256("m");
  SUBCASE("a bundle to the first leaf") { leaf.ref = 0; }
  SUBCASE("a bundle to a leaf to come") { leaf.ref = 1; }
  SUBCASE("a gc to nothing") { leaf.kind = LeafKind::gc; }
  SUBCASE("a recovery to nothing") { leaf.kind = LeafKind::recovered; }
  SUBCASE("an intent to anything") {
    leaf.kind = LeafKind::intent;
    leaf.bundle.reset();
    leaf.ref = 0;
  }
  append(sample, {leaf});
  CHECK(reasons(sample) == k_malformed);
}

TEST_CASE("time that goes back and a second opening are faults") {
  const SampleLog sample;
  Leaf leaf = SampleLog::leaf(1);
  SUBCASE("time") { leaf.at = "2020-01-01T00:00:00Z"; }
  SUBCASE("opening") { leaf.kind = LeafKind::open; }
  append(sample, {leaf});
  CHECK(reasons(sample) == k_malformed);
}

TEST_CASE("leaves that are gone are a gap") {
  const SampleLog sample;
  sample.grow(5);
  std::filesystem::resize_file(sample.path / "leaves", 100);
  CHECK(reasons(sample) == std::vector<std::string>{"log-gap"});
}

TEST_CASE("leaves in another order are a fork") {
  const SampleLog sample;
  sample.grow(2);
  const std::string zero = write_leaf_record(write_leaf(SampleLog::leaf(0)));
  const std::string one = write_leaf_record(write_leaf(SampleLog::leaf(1)));
  const std::string two = write_leaf_record(write_leaf(SampleLog::leaf(2)));
  std::ofstream(sample.path / "leaves", std::ios::binary) << zero << two << one;
  const auto found = reasons(sample);
  CHECK(std::count(found.begin(), found.end(), "log-fork") == 1);
  CHECK(std::count(found.begin(), found.end(), "log-gap") == 2);
}

TEST_CASE("a checkpoint by another key or with a changed signature is found") {
  const SampleLog sample;
  const auto other = signer_from_seed(std::string(32, 'x'));
  CHECK(sample.open().verify(other->public_key()).at(0).reason == "untrusted-key");
  CHECK(sample.open().verify({}).empty());
  std::string text = tests::read_file(sample.path / "checkpoint");
  text[text.size() - 6] = text[text.size() - 6] == 'A' ? 'B' : 'A';
  std::ofstream(sample.path / "checkpoint", std::ios::binary) << text;
  CHECK(reasons(sample) == std::vector<std::string>{"bad-signature"});
}
