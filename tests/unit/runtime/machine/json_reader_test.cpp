#include "runtime/machine/json_reader.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

std::string problem(const ReadProblems& problems) {
  const Status status = problems.status();
  return status ? "" : status.error().message;
}

}  // namespace

TEST_CASE("the first problem stays and names its place") {
  const json::Value document = {{"a", 1}, {"b", "x"}};
  ReadProblems problems("document-invalid");
  ObjectReader reader(document, "/top", problems);
  (void)reader.text("a");
  (void)reader.flag("b");
  CHECK(problem(problems).starts_with("/top/a: expected a string"));
  CHECK(problems.status().error().reason == "document-invalid");
}

TEST_CASE("a missing field is told unless it may be missing") {
  const json::Value document = json::Value::object();
  ReadProblems problems("invalid");
  ObjectReader reader(document, "", problems);
  CHECK(reader.text("a", ObjectReader::Need::optional, "x") == "x");
  CHECK(reader.one_of("w", {"p", "q"}, ObjectReader::Need::optional, "p") == "p");
  CHECK(problem(problems).empty());
  (void)reader.text_or_null("b");
  CHECK(problem(problems) == "/b: expected a value, there is none");
}

TEST_CASE("an unknown field closes nothing") {
  const json::Value document = {{"known", true}, {"other", 1}};
  ReadProblems problems("invalid");
  ObjectReader reader(document, "", problems);
  CHECK(reader.flag("known"));
  reader.close();
  CHECK(problem(problems) == "/other: expected no such field");
}

TEST_CASE("names and values are rows or an object, each name once") {
  const json::Value document = {
      {"rows", {{{"name", "b"}, {"value", "2"}}, {{"name", "a"}, {"value", "1"}}}},
      {"map", {{"x", "y"}}},
      {"twice", {{{"name", "a"}, {"value", "1"}}, {{"name", "a"}, {"value", "2"}}}}};
  ReadProblems problems("invalid");
  ObjectReader reader(document, "", problems);
  CHECK(reader.named_values("rows").front().first == "a");
  CHECK(reader.named_values("map").front().second == "y");
  CHECK(problem(problems).empty());
  (void)reader.named_values("twice");
  CHECK(problem(problems) == "/twice: expected each name once");
}

TEST_CASE("numbers and lists have bounds") {
  const json::Value document = {{"n", 65}, {"list", json::Value::array()}, {"not", 3}};
  ReadProblems numbers("invalid");
  ObjectReader reader(document, "", numbers);
  CHECK_FALSE(reader.number("n", 1, 64).has_value());
  CHECK(problem(numbers) == "/n: expected a number from 1 to 64");
  ReadProblems lists("invalid");
  ObjectReader again(document, "", lists);
  CHECK(again.texts("list", 1).empty());
  CHECK_FALSE(problem(lists).empty());
  ReadProblems objects("invalid");
  ObjectReader none(document["not"], "", objects);
  CHECK(problem(objects) == "/: expected an object");
}
