#include "collect/entries.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "bundle/writer.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/unit/collect/fake_sources.hpp"

using namespace sourceos;

namespace {

struct Written {
  collect::EntriesOutcome outcome;
  bundle::Draft draft;
};

collect::Gathered sample(std::uint64_t bytes_max = limits::k_gib) {
  collect::Gathered one{.name = "files", .limits = {.bytes_max = bytes_max}, .outcome = {},
                        .message = {}, .collection = {}};
  auto& artifacts = one.collection.artifacts;
  std::string log;
  while (log.size() < 20'000'000) {
    log += "2026-01-01T00:00:00Z INFO job " + std::to_string(log.size()) + " is done\n";
  }
  log += "token=" + tests::planted_token() + "\n";
  artifacts.push_back(tests::source_artifact({"files", "large.log"}, std::make_unique<tests::FakeSource>(log)));
  for (int i = 0; i < 200; ++i) {
    artifacts.push_back(tests::source_artifact(
        {"files", "small", std::to_string(i)},
        std::make_unique<tests::FakeSource>("password=" + tests::planted_token() + std::to_string(i))));
  }
  artifacts.push_back(tests::source_artifact({"files", "broken"}, std::make_unique<tests::BrokenSource>()));
  return one;
}

Written write(tests::FakeHost& fake, const tests::TemporaryDirectory& dir, unsigned jobs,
              std::uint64_t bytes_max = limits::k_gib) {
  redact::PipelineOptions options;
  options.run_id = std::string(32, '0');
  const auto pipeline = tests::make_pipeline(std::move(options));
  auto writer = bundle::BundleWriter::create({.directory = dir.path(), .jobs = jobs}).value();
  std::vector<collect::Gathered> gathered;
  gathered.push_back(sample(bytes_max));
  auto outcome = collect::write_entries(fake.host, *pipeline, writer, gathered,
                                        {.jobs = jobs, .at = {}, .progress = {}});
  REQUIRE(outcome.has_value());
  return {std::move(*outcome), writer.finish().value()};
}

}  // namespace

TEST_CASE("one and sixteen jobs make the same entries") {
  tests::FakeHost fake;
  const tests::TemporaryDirectory one;
  const tests::TemporaryDirectory many;
  const Written a = write(fake, one, 1);
  const Written b = write(fake, many, 16);
  CHECK(a.draft.entry_count == 202);  // one large, 200 small, the findings
  CHECK(a.draft.entry_count == b.draft.entry_count);
  CHECK(a.draft.entry_bytes == b.draft.entry_bytes);
  CHECK(a.draft.layers.size() == b.draft.layers.size());
}

TEST_CASE("a source that cannot be read is a finding and the rest is there") {
  tests::FakeHost fake;
  const tests::TemporaryDirectory dir;
  const Written written = write(fake, dir, 2);
  CHECK(std::any_of(written.outcome.findings.begin(), written.outcome.findings.end(), [](const auto& finding) {
    return finding.rule_id.str() == "source-permission-denied";
  }));
  CHECK(written.outcome.tallies[0].entries == 201);
}

TEST_CASE("a source that breaks off is a cut with its reason, and the others are there") {
  tests::FakeHost fake;
  const tests::TemporaryDirectory dir;
  const auto pipeline = tests::make_pipeline();
  auto writer = bundle::BundleWriter::create({.directory = dir.path(), .jobs = 1}).value();
  std::vector<collect::Gathered> gathered(1);
  gathered[0].name = "files";
  auto& artifacts = gathered[0].collection.artifacts;
  artifacts.push_back(tests::source_artifact({"files", "a"}, std::make_unique<tests::BreakingSource>()));
  artifacts.push_back(tests::source_artifact({"files", "b"}, std::make_unique<tests::FakeSource>("whole\n")));
  const auto outcome = collect::write_entries(fake.host, *pipeline, writer, gathered,
                                              {.jobs = 1, .at = {}, .progress = {}});
  REQUIRE_MESSAGE(outcome.has_value(), outcome.error().read_out());
  CHECK(outcome->tallies[0].entries == 2);
  CHECK(outcome->tallies[0].cut == "io-error");
}

TEST_CASE("past the collector's bytes nothing more is kept and the cut is said") {
  tests::FakeHost fake;
  const tests::TemporaryDirectory dir;
  const Written written = write(fake, dir, 2, 4'000'000);
  CHECK(written.outcome.tallies[0].cut == "byte-limit");
  CHECK(written.draft.entry_bytes < 5'000'000);
}

TEST_CASE("a finding cites no entry that was left out") {
  tests::FakeHost fake;
  const tests::TemporaryDirectory dir;
  const auto pipeline = tests::make_pipeline();
  auto writer = bundle::BundleWriter::create({.directory = dir.path(), .jobs = 1}).value();
  std::vector<collect::Gathered> gathered;
  gathered.push_back(sample(4'000'000));
  for (const std::string name : {"broken", "large.log", "small"}) {
    std::vector<std::string> path = {"files", name};
    if (name == "small") {
      path.emplace_back("7");  // behind the cut
    }
    gathered[0].collection.findings.push_back(
        {"sample", collect::FindingSeverity::low, std::move(path), "seen"});
  }
  const auto outcome = collect::write_entries(fake.host, *pipeline, writer, gathered,
                                              {.jobs = 1, .at = {}, .progress = {}});
  REQUIRE(outcome.has_value());
  std::vector<std::string> cited;
  for (const bundle::Finding& finding : outcome->findings) {
    if (finding.rule_id.str() == "sample") {
      cited.push_back(finding.entry);
    }
  }
  CHECK(cited == std::vector<std::string>{"", "files/large.log", ""});
}

TEST_CASE("an interrupt ends the writing") {
  tests::FakeHost fake;
  const tests::TemporaryDirectory dir;
  const volatile int flag = 1;
  fake.host.interrupted = &flag;
  const auto pipeline = tests::make_pipeline();
  auto writer = bundle::BundleWriter::create({.directory = dir.path(), .jobs = 2}).value();
  std::vector<collect::Gathered> gathered;
  gathered.push_back(sample());
  CHECK(collect::write_entries(fake.host, *pipeline, writer, gathered, {}).error().kind ==
        ErrorKind::interrupted);
}
