#include "core/toml.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"

using namespace sourceos;

TEST_CASE("TOML becomes the same value that JSON would give") {
  const json::Value value = toml::parse("a = 1\n[[rule]]\nid = 'x'\nok = true\n").value();
  CHECK(value == json::Value::parse(R"({"a":1,"rule":[{"id":"x","ok":true}]})"));
}

TEST_CASE("a TOML error names its line") {
  CHECK(toml::parse("a = 1\nb = = 2\n").error().message.find("line 2") != std::string::npos);
}

TEST_CASE("TOML nested too deep is a limit") {
  CHECK(toml::parse("a = " + std::string(40, '[') + std::string(40, ']')).error().kind == ErrorKind::limit);
}
