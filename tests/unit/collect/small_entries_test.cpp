#include "collect/small_entries.hpp"

#include <doctest/doctest.h>

#include "tests/unit/collect/fake_sources.hpp"

using namespace sourceos;
using namespace std::chrono_literals;

namespace {

struct Work {
  std::unique_ptr<redact::Pipeline> pipeline = tests::make_pipeline();
  std::vector<collect::PlannedEntry> entries;
  std::vector<collect::Gathered> gathered;

  explicit Work(std::uint64_t timeout_ms = 10'000) {
    gathered.push_back({.name = "files", .limits = {.timeout_ms = timeout_ms}, .outcome = {},
                        .message = {}, .collection = {}});
  }
  void add(std::unique_ptr<collect::ByteSource> source) {
    const std::string name = "f" + std::to_string(1000 + entries.size());
    entries.push_back({"files/" + name, tests::source_artifact({"files", name}, std::move(source)), 0});
  }
};

}  // namespace

TEST_CASE("many entries come back in order whatever the number of workers") {
  for (const unsigned jobs : {1U, 4U, 16U}) {
    Work work;
    for (std::size_t i = 0; i < 1500; ++i) {
      work.add(std::make_unique<tests::FakeSource>(std::string(i % 700, 'x')));
    }
    collect::SmallEntries ready(*work.pipeline, work.entries, work.gathered, jobs, {});
    for (std::size_t i = 0; i < work.entries.size(); ++i) {
      collect::EntryWork taken = ready.take(i);
      auto* small = std::get_if<collect::SmallEntry>(&taken);
      REQUIRE(small != nullptr);
      CHECK(small->prepared.path() == work.entries[i].path);
      CHECK(small->source_bytes == i % 700);
    }
  }
}

TEST_CASE("large sources, sources of unknown size and broken ones say so") {
  Work work;
  work.add(std::make_unique<tests::FakeSource>(std::string(limits::k_pack_entry_bytes_max + 1, 'x')));
  work.add(std::make_unique<tests::FakeSource>("y", false));
  work.add(std::make_unique<tests::BrokenSource>());
  work.add(std::make_unique<tests::FakeSource>("z"));
  work.add(std::make_unique<tests::BreakingSource>(true));
  collect::SmallEntries ready(*work.pipeline, work.entries, work.gathered, 2, {});
  CHECK(std::holds_alternative<collect::LargeEntry>(ready.take(0)));
  CHECK_FALSE(std::get<collect::LargeEntry>(ready.take(1)).size.has_value());
  CHECK(std::get<collect::SkippedEntry>(ready.take(2)).error.reason == "permission-denied");
  CHECK(std::holds_alternative<collect::SmallEntry>(ready.take(3)));
  collect::EntryWork broken = ready.take(4);
  REQUIRE(std::holds_alternative<collect::SmallEntry>(broken));
  CHECK(std::get<collect::SmallEntry>(broken).source_bytes == 10);
  CHECK(std::get<collect::SmallEntry>(broken).cut == "io-error");
}

TEST_CASE("entries larger together than the budget do not wait for each other for ever") {
  Work work;
  for (int i = 0; i < 40; ++i) {
    work.add(std::make_unique<tests::FakeSource>(std::string(limits::k_pack_entry_bytes_max, 'x')));
  }
  collect::SmallEntries ready(*work.pipeline, work.entries, work.gathered, 4, {});
  for (std::size_t i = 0; i < work.entries.size(); ++i) {
    CHECK(std::holds_alternative<collect::SmallEntry>(ready.take(i)));
  }
}

TEST_CASE("a source that hangs costs its own entry and no other") {
  Work work(300);
  work.add(std::make_unique<tests::FakeSource>("before"));
  work.add(tests::hanging_source(3s));
  for (int i = 0; i < 30; ++i) {
    work.add(std::make_unique<tests::FakeSource>("after"));
  }
  collect::SmallEntries ready(*work.pipeline, work.entries, work.gathered, 1, {});
  CHECK(std::holds_alternative<collect::SmallEntry>(ready.take(0)));
  CHECK(std::get<collect::SkippedEntry>(ready.take(1)).error.reason == "timeout");
  for (std::size_t i = 2; i < work.entries.size(); ++i) {
    CHECK(std::holds_alternative<collect::SmallEntry>(ready.take(i)));
  }
}
