#include "core/json/json.hpp"

#include <doctest/doctest.h>

#include "core/json/canonical.hpp"
#include "core/json/parse.hpp"
#include "core/json/schema.hpp"

using namespace sourceos;

TEST_CASE("canonical writing sorts keys, drops white space and escapes as RFC 8785 does") {
  const json::Value value = json::parse(R"({"b": [1, true, null], "a": "\u00e9\u000f\n\"\\/"})").value();
  CHECK(json::write_canonical(value).value() == "{\"a\":\"\u00e9\\u000f\\n\\\"\\\\/\",\"b\":[1,true,null]}");
}

TEST_CASE("only integers from 0 to 2^53-1 are canonical") {
  CHECK(json::write_canonical(9007199254740991).has_value());
  CHECK_FALSE(json::write_canonical(9007199254740992).has_value());
  CHECK_FALSE(json::write_canonical(-1).has_value());
  CHECK_FALSE(json::write_canonical(1.5).has_value());
}

TEST_CASE("what is not byte for byte canonical is malformed") {
  CHECK(json::parse_canonical(R"({"a":1,"b":2})").has_value());
  for (const char* text : {R"({"b":2,"a":1})", R"({"a": 1})", R"({"a":1e0})", R"({"a":01})", "{\"a\":1}\n",
                           R"({"a":1,"a":1})", R"({"a":"\u0041"})", R"({"a":-0})", R"({"a":"\ud800"})", "", "{"}) {
    CAPTURE(text);
    CHECK_FALSE(json::parse_canonical(text).has_value());
  }
}

TEST_CASE("a document past its bounds is a limit, not a crash") {
  const std::string deep = std::string(100'000, '[');
  CHECK(json::parse(deep).error().kind == ErrorKind::limit);
  CHECK(json::parse("[[1]]", {.depth_max = 2}).has_value());
  CHECK(json::parse("[[1]]", {.depth_max = 1}).error().reason == "limit");
  CHECK(json::parse("[1,2,3]", {.bytes_max = 4}).error().kind == ErrorKind::limit);
}

TEST_CASE("duplicate keys and NUL in strings are refused at any level") {
  CHECK_FALSE(json::parse(R"({"a":{"b":1,"b":2}})").has_value());
  CHECK_FALSE(json::parse(R"(["a\u0000b"])").has_value());
}

TEST_CASE("a byte order mark and bytes after a NUL are no part of a document") {
  CHECK(json::parse("\xEF\xBB\xBF{}").error().reason == "malformed");
  CHECK(json::parse(std::string_view("{}\0", 3)).error().reason == "malformed");
  CHECK(json::parse(std::string_view("{}\0more", 7)).error().reason == "malformed");
}

TEST_CASE("a schema says what does not fit and where") {
  const json::Value schema = json::parse(
      R"({"type":"object","required":["n"],"properties":{"n":{"type":"integer"}},"additionalProperties":false})").value();
  CHECK(json::check_schema(schema, json::parse(R"({"n":1})").value()).value().empty());
  CHECK_FALSE(json::check_schema(schema, json::parse(R"({"n":"x"})").value()).value().empty());
  CHECK_FALSE(json::check_schema(schema, json::parse(R"({"n":1,"m":2})").value()).value().empty());
}
