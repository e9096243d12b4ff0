#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "redact/structured/json_spans.hpp"
#include "structured_support.hpp"

using namespace sourceos;
using namespace sourceos::redact;
using tests::parts;
using tests::Strings;

TEST_CASE("an auth file loses every field that is not known to be harmless") {
  const std::string text = tests::spelled(
      R"({"auths":{"quay.io":{"auth":"<9>","email":"x@y.example","note":"a b"}},)"
      R"("credHelpers":{"gcr.io":"gcloud"},"credsStore":"secretservice"})");
  CHECK(parts(text, json_secrets(text)) == Strings{"Y2k6aG9yc2UtNDI=", "a b"});
  const auto values = json_secrets(text);
  CHECK(values->front().value == "ci:horse-42");  // the tag is made of what the base64 holds
}

TEST_CASE("an escaped value is named by its place in the text and by what it says") {
  const std::string text = tests::spelled(R"({"<19>":"ho\"rse\u002d42"})");
  const auto values = json_secrets(text);
  REQUIRE(values.has_value());
  REQUIRE(values->size() == 1);
  CHECK(values->front().value == "ho\"rse-42");
  CHECK(parts(text, values) == Strings{R"(ho\"rse\u002d42)"});
}

TEST_CASE("inspect output shows names of variables and hides their secret values") {
  const std::string text = tests::spelled(
      R"({"Config":{"Env":["PATH=/bin","DB_PASSWORD=<1>","LANG=C"],)"
      R"("Cmd":["app","--api-token","<5>","--port","80"]}})");
  CHECK(parts(text, json_secrets(text)) == Strings{"horse-42", "f00dfeedbeef1234"});
}

TEST_CASE("a pair of name and value is one assignment, in any order") {
  const std::string text = tests::spelled(R"([{"value":"<1>","name":"DB_PASSWORD"},{"name":"TZ","value":"UTC"}])");
  CHECK(parts(text, json_secrets(text)) == Strings{"horse-42"});
}

TEST_CASE("all data of a Kubernetes Secret is masked, also when its kind comes last") {
  const std::string text = R"({"data":{"user":"YWRtaW4=","x":{"pin":"NzctaG9yc2Vz"}},"kind":"Secret"})";
  CHECK(parts(text, json_secrets(text)) == Strings{"YWRtaW4=", "NzctaG9yc2Vz"});
  const std::string other = R"({"data":{"user":"YWRtaW4="},"kind":"ConfigMap"})";
  CHECK(parts(other, json_secrets(other)).empty());
}

TEST_CASE("what was masked is JSON still, numbers too") {
  const std::string text = tests::spelled(R"({"<19>": 83719264, "a": [1, {"secret_key": "<13>"}]})");
  const auto values = json_secrets(text);
  REQUIRE(values.has_value());
  const std::string masked = tests::masked_text(text, *values);
  CHECK(json::parse(masked).has_value());
  CHECK(masked.find("83719264") == std::string::npos);
  CHECK(masked.find("feed") == std::string::npos);
}

TEST_CASE("a document a line is read line by line; torn JSON is not read at all") {
  const std::string lines = tests::spelled("{\"password\":\"<1>\"}\n{\"password\":\"<2>\"}\n");
  CHECK(parts(lines, json_secrets(lines)) == Strings{"horse-42", "mule-43x"});
  for (const char* torn : {"{\"password\":\"<1>\"", "{\"a\":}", "[1,]x", "{\"a\":tru}", "\"a\"", "{\"a\":\"\\q\"}", ""}) {
    CHECK_MESSAGE(!json_secrets(torn).has_value(), torn);
  }
  CHECK_FALSE(json_secrets(std::string(1000, '[')).has_value());
}
