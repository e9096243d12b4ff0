// Runs one collector on a fake or recorded host and shows what it handed out.
#pragma once

#include "collect/collector.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/json/schema.hpp"
#include "host/recorded_process_runner.hpp"
#include "tests/support/fake_host.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace sourceos::collect {

// All bytes of an artifact, read as the session reads them.
inline std::string content_of(Artifact& artifact, SourceEnd* end = nullptr) {
  if (const auto* text = std::get_if<std::string>(&artifact.content)) {
    return *text;
  }
  ByteSource& source = *std::get<std::unique_ptr<ByteSource>>(artifact.content);
  REQUIRE(source.open());
  std::string bytes;
  char buffer[4096];
  while (true) {
    const auto got = source.read(buffer, sizeof buffer);
    REQUIRE(got);
    if (*got == 0) {
      break;
    }
    bytes.append(buffer, *got);
  }
  auto finished = source.finish();
  REQUIRE(finished);
  if (end != nullptr) {
    *end = std::move(*finished);
  }
  return bytes;
}

class CollectFixture {
 public:
  CollectFixture() : finder_(fake.host.environment) {
    std::filesystem::create_directories(fake.home / "scratch");
  }
  // A host of samples/hosts/.
  explicit CollectFixture(const std::string& name) : CollectFixture() {
    const auto folder = std::filesystem::path(SOURCEOS_SOURCE_DIR) / "samples/hosts" / name;
    auto player = host::PlayingProcessRunner::load(folder);
    REQUIRE(player);
    player_ = std::make_shared<host::PlayingProcessRunner>(std::move(*player));
    fake.processes.answer = [player = player_](const host::ProcessRequest& request) {
      const auto outcome = player->run(request);
      return outcome ? *outcome : tests::exited(99, "");
    };
    host::Environment& environment = fake.host.environment;
    environment.adapter = "macos";
    environment.domain_uid = 501;
    environment.root = folder / "root";
    environment.home = folder / "home";
  }

  Result<CollectorOutcome> run(const Collector& collector, json::Value with = json::Value::object(),
                               std::size_t entries_max = 1000) {
    options_ = std::move(with);
    ArtifactSink sink(entries_max);
    const CollectContext context{.host = fake.host,
                                 .tools = finder_,
                                 .options = options_,
                                 .scratch = fake.home / "scratch",
                                 .directory = directory.empty() ? fake.home.path() : directory,
                                 .deadline = deadline,
                                 .timeout_ms = 10'000};
    auto outcome = collector.collect(context, sink);
    found = sink.take();
    return outcome;
  }

  Artifact* find(const std::vector<std::string>& path) {
    const auto at = std::find_if(found.artifacts.begin(), found.artifacts.end(),
                                 [&](const Artifact& artifact) { return artifact.path == path; });
    return at == found.artifacts.end() ? nullptr : &*at;
  }
  std::string text(const std::vector<std::string>& path) {
    Artifact* artifact = find(path);
    REQUIRE(artifact != nullptr);
    return content_of(*artifact);
  }
  // A facts document, which has to fit the schema that its `type` names.
  json::Value json_at(const std::vector<std::string>& path) {
    auto value = json::parse(text(path));
    REQUIRE(value);
    const auto file = std::filesystem::path(SOURCEOS_SOURCE_DIR) / "schemas" /
                      (value->at("type").get<std::string>() + ".json");
    const auto schema = json::parse(tests::read_file(file));
    REQUIRE(schema);
    const auto problems = json::check_schema(*schema, *value);
    REQUIRE(problems);
    for (const std::string& problem : *problems) {
      CHECK_MESSAGE(false, file.filename().string() << problem);
    }
    return *value;
  }
  bool has_finding(std::string_view rule) const {
    return std::any_of(found.findings.begin(), found.findings.end(),
                       [&](const CollectorFinding& finding) { return finding.rule_id == rule; });
  }
  void answer(host::ProcessOutcome outcome) {
    fake.processes.answer = [outcome](const host::ProcessRequest&) { return outcome; };
  }

  tests::FakeHost fake;
  std::filesystem::path directory;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  Collection found;

 private:
  host::ToolFinder finder_;
  std::shared_ptr<host::PlayingProcessRunner> player_;
  json::Value options_;
};

}  // namespace sourceos::collect
