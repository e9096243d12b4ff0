#include "collect/collector.hpp"

#include "core/json/json.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace sourceos;
using namespace sourceos::collect;

namespace {

Artifact named(std::string name) {
  Artifact artifact;
  artifact.path = {std::move(name)};
  return artifact;
}

}  // namespace

TEST_CASE("a sink takes artifacts up to its limit") {
  ArtifactSink sink(2);
  CHECK(sink.add(named("a")));
  CHECK(sink.add(named("b")));
  const Status third = sink.add(named("c"));
  REQUIRE_FALSE(third);
  CHECK(third.error().reason == "entry-limit");
  CHECK(sink.take().artifacts.size() == 2);
}

TEST_CASE("what a collector hands over after it was left behind is dropped") {
  ArtifactSink sink;
  CHECK(sink.add(named("a")));
  CHECK(sink.take().artifacts.size() == 1);
  const Status late = sink.add(named("b"));
  REQUIRE_FALSE(late);
  CHECK(late.error().kind == ErrorKind::interrupted);
  CHECK(sink.take().artifacts.empty());
}

TEST_CASE("facts are kept as canonical JSON") {
  ArtifactSink sink;
  CHECK(sink.add_json({"x", "facts.json"}, EntryKind::host_facts, {{"b", 1}, {"a", "t"}}));
  CHECK_FALSE(sink.add_json({"x"}, EntryKind::host_facts, {{"a", 1.5}}));
  Collection collection = sink.take();
  REQUIRE(collection.artifacts.size() == 1);
  CHECK(content_of(collection.artifacts[0]) == R"({"a":"t","b":1})");
}

TEST_CASE("the first repository and image are the record's") {
  ArtifactSink sink;
  GitFacts first;
  first.repository = "/a";
  GitFacts second;
  second.repository = "/b";
  sink.git(first);
  sink.git(second);
  ImageFacts image;
  image.reference = "localhost/a:1";
  sink.image(image);
  sink.image({});
  sink.host({});
  sink.tool({});
  sink.auth({});
  sink.auth_looked_at();
  sink.teach({});
  sink.find({});
  const Collection collection = sink.take();
  CHECK(collection.facts.git->repository == "/a");
  CHECK(collection.facts.image->reference == "localhost/a:1");
  CHECK(collection.facts.auth_looked_at);
  CHECK(collection.lessons.size() == 1);
  CHECK(collection.findings.size() == 1);
}

TEST_CASE("time left is never more than wanted and never nothing") {
  tests::FakeHost fake;
  host::ToolFinder tools(fake.host.environment);
  const json::Value options = json::Value::object();
  CollectContext context{
      .host = fake.host, .tools = tools, .options = options, .scratch = {}, .directory = {}};
  CHECK(context.time_left_ms(500) == 500);
  CHECK(context.check());
  context.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  CHECK(context.time_left_ms(500) == 1);
  CHECK(context.check().error().kind == ErrorKind::timeout);
  const int set = 1;
  fake.host.interrupted = &set;
  CHECK(context.check().error().kind == ErrorKind::interrupted);
}

TEST_CASE("kinds and media types have words of their own") {
  std::set<std::string_view> words;
  for (int kind = 0; kind <= static_cast<int>(EntryKind::command_output); ++kind) {
    words.insert(to_string(static_cast<EntryKind>(kind)));
  }
  CHECK(words.size() == 15);
  CHECK_FALSE(words.contains(""));
  CHECK(to_string(MediaType::json) == "application/json");
  CHECK(to_string(MediaType::text) == "text/plain");
  CHECK(to_string(MediaType::binary) == "application/octet-stream");
}
