#include "collect/kept_stream.hpp"

#include <doctest/doctest.h>

#include "bundle/writer.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/collect/fake_sources.hpp"

using namespace sourceos;

namespace {

constexpr std::uint64_t k_mib = limits::k_mib;

struct Outcome {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> kept;
  bool is_cut = false;
  std::uint64_t bytes = 0;
  bundle::Finding last_finding;
};

// Streams `size` bytes, a MiB a time, through the rule.
Outcome stream(std::uint64_t size, const collect::KeepRule& rule) {
  const tests::TemporaryDirectory dir;
  const auto pipeline = tests::make_pipeline();
  auto writer = bundle::BundleWriter::create({.directory = dir.path(), .jobs = 2}).value();
  auto entry = writer.open({.path = "logs/a.log", .kind = {}, .media_type = {}, .collector = {}, .at = {}})
                   .value();
  collect::KeptStream kept(entry, rule);
  redact::StreamRedactor redactor =
      pipeline->stream({.format = redact::Format::text, .name = {}, .commitment_path = {}});
  // Blank lines: what is kept does not depend on what they say, and they cost redaction least.
  std::string block(k_mib, ' ');
  for (std::size_t at = 79; at < block.size(); at += 80) {
    block[at] = '\n';
  }
  for (std::uint64_t fed = k_mib; fed <= size; fed += k_mib) {
    REQUIRE(kept.append(redactor.feed(block), fed).has_value());
  }
  redact::StreamEnd end = redactor.finish();
  REQUIRE(kept.append(end.last, size).has_value());
  REQUIRE(kept.finish().has_value());
  Outcome outcome{kept.kept(), kept.is_cut(), entry.bytes(), {}};
  outcome.last_finding.from = size - 10;
  outcome.last_finding.to = size - 1;
  kept.place(outcome.last_finding);
  REQUIRE(entry.finish(std::nullopt, end.record).has_value());
  return outcome;
}

}  // namespace

TEST_CASE("a source within its limit is kept whole") {
  const Outcome outcome = stream(10 * k_mib, {.tail = true, .bytes_max = 10 * k_mib, .source_size = 10 * k_mib});
  CHECK_FALSE(outcome.is_cut);
  CHECK(outcome.kept == std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 10 * k_mib}});
  CHECK(outcome.bytes == 10 * k_mib);
}

TEST_CASE("a long log keeps its first 64 MiB and its tail from a multiple of 64 MiB on") {
  const Outcome outcome =
      stream(200 * k_mib, {.tail = true, .bytes_max = 130 * k_mib, .source_size = 200 * k_mib});
  CHECK(outcome.is_cut);
  REQUIRE(outcome.kept.size() == 2);
  CHECK(outcome.kept[0] == std::pair<std::uint64_t, std::uint64_t>{0, 64 * k_mib});
  CHECK(outcome.kept[1].first == 192 * k_mib);
  CHECK(outcome.kept[1].second == 200 * k_mib);
  CHECK(outcome.bytes < 130 * k_mib);
  CHECK(outcome.last_finding.to <= outcome.bytes);
  CHECK(outcome.last_finding.from > outcome.bytes - k_mib);
}

TEST_CASE("output of unknown length keeps its last part, whatever it is") {
  const Outcome outcome =
      stream(150 * k_mib, {.tail = true, .bytes_max = 100 * k_mib, .source_size = std::nullopt});
  CHECK(outcome.is_cut);
  REQUIRE(outcome.kept.size() == 2);
  CHECK(outcome.kept[0].second == 50 * k_mib);
  CHECK(outcome.kept[1].second == 150 * k_mib);
  CHECK(outcome.kept[1].first >= 85 * k_mib);
}

TEST_CASE("everything but logs keeps its head only") {
  const Outcome outcome =
      stream(30 * k_mib, {.tail = false, .bytes_max = 8 * k_mib, .source_size = 30 * k_mib});
  CHECK(outcome.is_cut);
  CHECK(outcome.kept == std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 8 * k_mib}});
  CHECK(outcome.last_finding.to <= outcome.bytes);
}
