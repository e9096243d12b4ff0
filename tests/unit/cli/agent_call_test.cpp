#include "cli/agent_call.hpp"

#include <doctest/doctest.h>

#include "cli/console.hpp"
#include "core/json/json.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"

namespace sourceos::cli {
namespace {

struct Call {
  tests::FakeHost fake;
  host::ToolFinder tools{fake.host.environment};
  StringConsole console;
  Context context{.host = fake.host, .tools = tools, .console = console, .version = "1", .program = "sourceos-agent"};
};

}  // namespace

TEST_CASE("what acts cannot be told to keep no evidence, what looks can") {
  Call call;
  call.context.evidence = "none";
  const auto acting = AgentCall::begin(call.context, "sample", bundle::Mode::apply);
  REQUIRE_FALSE(acting);
  CHECK(acting.error().kind == ErrorKind::usage);
  auto looking = AgentCall::begin(call.context, "sample", bundle::Mode::read_only);
  REQUIRE(looking);
  const auto report = looking->finish(new_record("x"), ExitCode::done, "");
  REQUIRE(report);
  CHECK(report->document().at("bundleId").is_null());
}

TEST_CASE("without a store that can be written nothing that acts begins") {
  Call call;
  call.context.evidence = (call.fake.home / "file/below").string();
  call.fake.home.write("file", "");
  const auto acting = AgentCall::begin(call.context, "sample", bundle::Mode::apply);
  REQUIRE_FALSE(acting);
  CHECK(acting.error().reason == "evidence-unavailable");
  CHECK(exit_code_of(acting.error().kind) == ExitCode::negative);
}

TEST_CASE("an agent whose name looks like a secret cannot be worked on") {
  Call call;
  // In pieces, so that this file holds nothing that looks like a token.
  const std::string name = std::string("gl") + "pat-" + "q9x2m4vk7tz1wb3ncj6r";
  for (const std::string& each : {name, std::string("node-commander")}) {
    (void)call.fake.home.write(
        ".config/sourceos/local-agents/" + std::to_string(each.size()) + ".json",
        R"({"schemaVersion":"sourceos.local-agent.v1","image":"localhost/a:1","name":")" + each + "\"}");
  }
  runtime::Catalog catalog = runtime::read_catalog(call.fake.host, {}).value();
  CHECK(catalog.agents.size() == 2);
  refuse_secret_names(catalog);
  REQUIRE(catalog.agents.size() == 1);
  CHECK(catalog.agents[0].declaration.name == "node-commander");
  const auto found = catalog.find(name);
  REQUIRE_FALSE(found);
  CHECK(found.error().reason == "secret-in-declaration");
  CHECK(found.error().message.find(name) == std::string::npos);
}

}  // namespace sourceos::cli
