#include "collect/collectors/options.hpp"

#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::collect;

TEST_CASE("options are read by type, others count as absent") {
  tests::FakeHost fake;
  host::ToolFinder tools(fake.host.environment);
  const json::Value options = {{"text", "a"}, {"list", {"a", "b"}}, {"number", 7}, {"flag", true}};
  const CollectContext context{
      .host = fake.host, .tools = tools, .options = options, .scratch = {}, .directory = {}};
  CHECK(text_option(context, "text") == "a");
  CHECK(text_option(context, "list").empty());
  CHECK(list_option(context, "list") == std::vector<std::string>{"a", "b"});
  CHECK(list_option(context, "absent").empty());
  CHECK(number_option(context, "number", 1) == 7);
  CHECK(number_option(context, "text", 1) == 1);
  CHECK(flag_option(context, "flag", false));
  CHECK(flag_option(context, "absent", true));
}

TEST_CASE("paths of options become absolute and plain") {
  tests::FakeHost fake;
  host::ToolFinder tools(fake.host.environment);
  const json::Value options = json::Value::object();
  const CollectContext context{
      .host = fake.host, .tools = tools, .options = options, .scratch = {}, .directory = "/base"};
  CHECK(option_path(context, "a/../b/") == "/base/b");
  CHECK(option_path(context, ".") == "/base");
  CHECK(option_path(context, "/x//y/.") == "/x/y");
  CHECK(option_path(context, "/") == "/");
  CHECK(option_path(context, "~") == fake.home.path());
  CHECK(option_path(context, "~/logs") == fake.home / "logs");
  CHECK(option_path(context, "~other") == "/base/~other");
}

TEST_CASE("bytes that are no text are shown with escapes in JSON") {
  CHECK(json_text("grün\n") == "grün\n");
  CHECK(json_text("a\xff") == "a\\xff");
  CHECK(json_text(std::string_view("a\0b", 3)) == "a\\x00b");
}
