#include "cli/workplace.hpp"

#include "cli/console.hpp"
#include "cli/report.hpp"
#include "host/files.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"

using namespace sourceos;
using namespace sourceos::cli;

TEST_CASE("what is an id and what is a path can be told from the word alone") {
  CHECK(looks_like_id("@last"));
  CHECK(looks_like_id("sha256:00"));
  CHECK(looks_like_id("urn:srcos:evidence-bundle:0123"));
  CHECK(looks_like_id("0123abcd"));
  CHECK_FALSE(looks_like_id("0123abc"));
  CHECK_FALSE(looks_like_id("./0123abcd"));
  CHECK_FALSE(looks_like_id("0123ABCD"));
  CHECK_FALSE(looks_like_id("bundle.evidence.tar"));
}

TEST_CASE("without a store the next step is to make a bundle") {
  tests::FakeHost fake;
  host::ToolFinder tools(fake.host.environment);
  StringConsole console;
  Context context{.host = fake.host, .tools = tools, .console = console, .version = "0", .program = "sourceosctl"};
  const auto located = locate(context, "@last");
  REQUIRE_FALSE(located.has_value());
  CHECK(located.error().reason == "input-missing");
  CHECK(located.error().next == "sourceosctl evidence collect");
  CHECK(open_standing_store(context).error().next == "sourceosctl evidence collect");
  CHECK_FALSE(host::describe(store_root(context)).has_value());
  CHECK(key_directory(context).list()->empty());
  CHECK(with_room_advice(Error(ErrorKind::io, "no-space", "write"), context).next.starts_with("df -h $HOME/"));
  CHECK(with_room_advice(Error(ErrorKind::io, "io", "write"), context).next.empty());
  context.evidence = "none";
  CHECK(open_store(context, bundle::StoreAccess::read).error().kind == ErrorKind::usage);
}

TEST_CASE("the engine's tags agree from call to call when there is a store, and never without") {
  tests::FakeHost fake;
  host::ToolFinder tools(fake.host.environment);
  StringConsole console;
  Context context{.host = fake.host, .tools = tools, .console = console, .version = "0", .program = "sourceosctl"};
  EngineOptions options;
  options.scalar = true;
  const auto first = Engine::create(context, options);
  const auto second = Engine::create(context, options);
  REQUIRE_MESSAGE(first.has_value(), first.error().message);
  REQUIRE(second.has_value());
  const std::string value = "a value that is long enough to be told apart 0123456789";
  CHECK(first->pipeline().tag_of(value) == second->pipeline().tag_of(value));
  options.tag_key = std::string(32, 'b');
  const auto keyed = Engine::create(context, options);
  REQUIRE(keyed.has_value());
  CHECK(keyed->pipeline().tag_of(value) != first->pipeline().tag_of(value));
}
