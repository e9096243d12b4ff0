#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "../pipeline_support.hpp"
#include "structured_support.hpp"
#include "redact/structured/structured.hpp"

using namespace sourceos;
using namespace sourceos::redact;

TEST_CASE("a format is told by the name, then by the first bytes") {
  CHECK(format_of("/run/containers/0/auth.json", "") == Format::json);
  CHECK(format_of("app.container", "") == Format::unit);
  CHECK(format_of("/home/x/.kube/config", "") == Format::yaml);
  CHECK(format_of("/proc/1/environ", "") == Format::environment);
  CHECK(format_of("-", "  {\"a\":1}") == Format::json);
  CHECK(format_of("-", "<?xml version=") == Format::xml);
  CHECK(format_of("-", "machine x login y") == Format::netrc);
  CHECK(format_of("-", "[db]\nuser = app\n") == Format::ini);
  CHECK(format_of("-", "[db]\n") == Format::text);
  CHECK(format_of("-", "[12:00:01]\nall is well\n") == Format::text);
  CHECK(format_of("notes.txt", "hello") == Format::text);
}

TEST_CASE("a document goes through the pipeline by its structure and stays what it was") {
  const std::string text = tests::spelled(R"({"auths":{"quay.io":{"auth":"<9>"}},"pin_code":<17>})");
  DocumentOptions options;
  options.name = "auth.json";
  std::vector<Hit> hits;
  const std::string masked = tests::pipeline().document(text, options, &hits).bytes();
  CHECK(masked.find("Y2k6") == std::string::npos);
  CHECK(masked.find("quay.io") != std::string::npos);
  CHECK_MESSAGE(json::parse(masked).has_value(), masked);
  CHECK(tests::pipeline().document(masked, options).bytes() == masked);
}

TEST_CASE("a value in a document teaches, so that a log without structure loses it too") {
  auto pipeline = Pipeline::create(tests::pipeline_options()).value();
  DocumentOptions options;
  options.name = ".netrc";
  pipeline->teach_document(tests::spelled("machine a login b password <11>\n"), options, Pipeline::Trust::operator_source);
  pipeline->freeze();
  CHECK(pipeline->text("sent plainhorse to a").str().find("plainhorse") == std::string::npos);
}

TEST_CASE("what claims a format and does not parse is read as text") {
  DocumentOptions options;
  options.name = "broken.json";
  const std::string text = tests::spelled("{\"password\": \"<15>\", oops");
  CHECK(tests::pipeline().document(text, options).bytes().find("horse") == std::string::npos);
}
