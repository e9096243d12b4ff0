#include "runtime/agent/declaration_fields.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

enum class Colour { red, blue };
std::string_view to_string(Colour colour) { return colour == Colour::red ? "red" : "blue"; }

std::string fault_of(DeclarationFields& fields) {
  const Status done = fields.finish();
  return done ? std::string() : done.error().message;
}

}  // namespace

TEST_CASE("what is there is taken, what is not stays as it was") {
  const json::Value object = {{"name", "web"}, {"ports", 3U}, {"colour", "blue"}, {"none", nullptr}};
  DeclarationFields fields(object, "top");
  std::string name, absent = "before";
  std::uint64_t ports = 0;
  Colour colour = Colour::red;
  std::optional<std::string> none = "x";
  fields.text("name", name);
  fields.text("absent", absent);
  fields.number("ports", ports, 1, 9);
  fields.choice("colour", colour, std::array{Colour::red, Colour::blue});
  fields.text_or_null("none", none);
  CHECK(fault_of(fields).empty());
  CHECK(name == "web");
  CHECK(absent == "before");
  CHECK(ports == 3);
  CHECK(colour == Colour::blue);
  CHECK_FALSE(none.has_value());
}

TEST_CASE("the first fault is told with its place and what was expected") {
  const json::Value object = {{"name", 3U}, {"ports", 30U}};
  DeclarationFields fields(object, "top");
  std::string name;
  std::uint64_t ports = 0;
  fields.text("name", name);
  fields.number("ports", ports, 1, 9);
  CHECK(fault_of(fields) == "expected 'top.name' to be a string");
}

TEST_CASE("other faults") {
  const auto fault = [](const json::Value& object) {
    DeclarationFields fields(object, "");
    std::vector<std::string> words;
    Colour colour = Colour::red;
    std::string line;
    fields.words("words", words);
    fields.choice("colour", colour, std::array{Colour::red, Colour::blue});
    fields.text("line", line);
    return fault_of(fields);
  };
  CHECK(fault({{"words", json::Value::array()}}) == "expected 'words' to be null or a list of strings with at least one");
  CHECK(fault({{"colour", "green"}}) == "expected 'colour' to be one of 'red', 'blue'");
  CHECK(fault({{"line", "a\nb"}}) == "expected 'line' to be text without control characters");
  CHECK(fault({{"more", true}}) == "unknown field 'more'");
  CHECK(fault(json::Value::array()).starts_with("expected '' to be an object"));
}
