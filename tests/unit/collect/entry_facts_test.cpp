#include "collect/entry_facts.hpp"

#include <doctest/doctest.h>

#include "tests/unit/collect/fake_sources.hpp"

using namespace sourceos;

TEST_CASE("a login file gets no commitment, every other entry does") {
  collect::PlannedEntry entry{"auth/a.json", tests::text_artifact({"auth", "a.json"}, "{}"), 0};
  CHECK(collect::document_options(entry).commitment_path == "auth/a.json");
  entry.artifact.kind = collect::EntryKind::auth_redacted;
  CHECK(collect::document_options(entry).commitment_path.empty());
}

TEST_CASE("a file's row says what was read and what is kept of it") {
  const auto pipeline = tests::make_pipeline();
  collect::SourceInfo info;
  info.path = "/srv/a\n.log";
  info.size = info.read = 10;
  const auto facts = collect::source_facts(*pipeline, info);
  REQUIRE(facts.has_value());
  CHECK(facts->path_ref.str() == "/srv/a%0A.log");
  CHECK(facts->kept == std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 10}});
  CHECK_FALSE(collect::source_facts(*pipeline, std::nullopt).has_value());
}

TEST_CASE("a header's words are ours") {
  const auto pipeline = tests::make_pipeline();
  const collect::PlannedEntry entry{"files/a", tests::text_artifact({"files", "a"}, "x"), 0};
  const bundle::EntryHeader header = collect::entry_header(*pipeline, entry, "files", {});
  CHECK(header.kind.str() == "file");
  CHECK(header.media_type.str() == "text/plain");
  CHECK(header.collector.str() == "files");
}
