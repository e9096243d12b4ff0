#include "collect/record_facts.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/fake_host.hpp"
#include "tests/unit/collect/fake_sources.hpp"

using namespace sourceos;

namespace {

const collect::RecordFactsOptions k_options = {
    .keyed_tag = [](std::string_view text) { return std::string(32, 'a' + static_cast<char>(text.size() % 6)); },
    .toolkit_version = "0.0.1"};

collect::Gathered gathered(collect::CollectorOutcome outcome) {
  return {.name = "git", .is_required = true, .limits = {}, .outcome = std::move(outcome),
          .message = {}, .collection = {}};
}

std::vector<collect::Gathered> only(collect::Gathered one) {
  std::vector<collect::Gathered> list;
  list.push_back(std::move(one));
  return list;
}

}  // namespace

TEST_CASE("the toolkit, podman, git and nix are always among the tools") {
  tests::FakeHost fake;
  const auto pipeline = tests::make_pipeline();
  bundle::Record record;
  collect::fill_record_facts(record, fake.host, *pipeline, {}, {}, k_options);
  std::vector<std::string> names;
  for (const bundle::RecordTool& tool : record.tools) {
    names.push_back(tool.name.str());
  }
  CHECK(names == std::vector<std::string>{"git", "nix", "podman", "sourceos"});
  CHECK(record.tools.back().sha256.has_value());
}

TEST_CASE("facts of collectors reach the record redacted") {
  tests::FakeHost fake;
  const auto pipeline = tests::make_pipeline();
  collect::Gathered one = gathered({});
  one.collection.facts.git = collect::GitFacts{
      .repository = "/srv/app", .head = "0123456789012345678901234567890123456789", .branch = "main",
      .dirty = false, .remote = "https://x:" + tests::planted_token() + "@git.example/a.git"};
  collect::EntriesOutcome entries;
  entries.tallies = {{.entries = 2, .bytes = 10, .source_bytes = 10, .cut = {}}};
  bundle::Record record;
  const auto list = only(std::move(one));
  collect::fill_record_facts(record, fake.host, *pipeline, list, entries, k_options);
  CHECK(record.git_ref.branch->str() == "main");
  CHECK(record.git_ref.remote->str().find(tests::planted_token()) == std::string::npos);
  REQUIRE(record.collectors.size() == 1);
  CHECK(record.collectors[0].entries == 2);
  CHECK(collect::required_gaps(record, list).empty());
}

TEST_CASE("a required collector that failed or was cut is a gap") {
  tests::FakeHost fake;
  const auto pipeline = tests::make_pipeline();
  using Status = bundle::CollectorStatus;
  const std::pair<const char*, Status> cuts[] = {{"timeout", Status::timeout},
                                                 {"byte-limit", Status::truncated},
                                                 {"io-error", Status::truncated},
                                                 {"failed", Status::failed},
                                                 {"program-missing", Status::failed}};
  for (const auto& [cut, status] : cuts) {
    collect::EntriesOutcome entries;
    entries.tallies = {{.entries = 0, .bytes = 0, .source_bytes = 0, .cut = cut}};
    bundle::Record record;
    const auto list = only(gathered({}));
    collect::fill_record_facts(record, fake.host, *pipeline, list, entries, k_options);
    CHECK(record.collectors.at(0).status == status);
    CHECK(collect::required_gaps(record, list).at(0).reason == cut);
  }
}

TEST_CASE("findings are capped, the most severe first") {
  tests::FakeHost fake;
  const auto pipeline = tests::make_pipeline();
  collect::EntriesOutcome entries;
  for (int i = 0; i < 3000; ++i) {
    bundle::Finding finding;
    finding.rule_id = bundle::RedactedText("restart-storm");
    finding.severity = i == 2999 ? bundle::Severity::high : bundle::Severity::low;
    entries.findings.push_back(finding);
  }
  bundle::Record record;
  collect::fill_record_facts(record, fake.host, *pipeline, {}, entries, k_options);
  CHECK(record.findings.size() == limits::k_record_findings_per_rule_max);
  CHECK(record.findings.front().severity == bundle::Severity::high);
}
