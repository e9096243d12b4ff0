// A log on disk for tests: leaf 0 and what a test appends.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "bundle/key.hpp"
#include "bundle/log/host_log_writer.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

namespace sourceos::tests {

struct SampleLog {
  TemporaryDirectory directory;
  std::filesystem::path path = directory / "log";
  std::unique_ptr<bundle::Signer> signer = bundle::signer_from_seed(std::string(32, 'l'));
  std::string origin = bundle::log::origin_of(std::string(32, 'a'), true);

  SampleLog() {
    REQUIRE(bundle::log::LogWriter::create(path, origin, leaf(0), *signer));
  }

  [[nodiscard]] static bundle::log::Leaf leaf(std::uint64_t seq) {
    using bundle::log::LeafKind;
    return {seq,
            seq == 0 ? LeafKind::open : LeafKind::change,
            std::nullopt,
            bundle::sha256(std::to_string(seq)),
            std::nullopt,
            "2026-01-02T03:04:05Z"};
  }
  [[nodiscard]] bundle::log::HostLog open() const {
    auto log = bundle::log::HostLog::open(path);
    REQUIRE(log);
    return std::move(*log);
  }
  // Appends `count` leaves, published one batch at a time.
  void grow(std::uint64_t count, std::uint64_t batch = 1) const {
    bundle::log::HostLog log = open();
    auto writer = bundle::log::LogWriter::open(log, *signer);
    REQUIRE(writer);
    while (count > 0) {
      std::vector<bundle::log::Leaf> leaves;
      for (; leaves.size() < batch && count > 0; --count) {
        leaves.push_back(leaf(writer->size() + leaves.size()));
      }
      REQUIRE(writer->append(leaves));
      REQUIRE(writer->publish());
    }
  }
};

}  // namespace sourceos::tests
