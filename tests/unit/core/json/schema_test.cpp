#include "core/json/schema.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "core/json/json.hpp"
#include "core/json/schema_table.hpp"
#include "core/text.hpp"

using namespace sourceos;
namespace fs = std::filesystem;

namespace {

const fs::path k_examples = fs::path(SOURCEOS_SOURCE_DIR) / "schemas" / "examples";

json::Value read_json(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  auto value = json::parse(out.str(), json::k_schema_bounds);
  REQUIRE_MESSAGE(value.has_value(), path.string());
  return *value;
}

json::Schema compiled(const char* text) {
  return json::Schema::compile(json::parse(text).value()).value();
}

std::vector<json::SchemaProblem> problems_of(const char* schema, const char* document) {
  return compiled(schema).problems(json::parse(document).value()).value();
}

// The schema of an example: the first word of its name, letter case ignored.
std::string schema_of(const fs::path& example) {
  const std::string stem = example.filename().string();
  const std::string wanted = text::ascii_lower(stem.substr(0, stem.find('.')));
  for (const json::EmbeddedSchema& each : json::embedded_schemas()) {
    if (text::ascii_lower(each.name) == wanted) {
      return std::string(each.name);
    }
  }
  return {};
}

}  // namespace

TEST_CASE("a problem has the place and the keyword that a user of JSON Schema knows") {
  struct Row {
    const char* schema;
    const char* document;
    const char* place;
    const char* keyword;
  };
  const Row rows[] = {
      {R"({"properties":{"a":{"type":"string"}}})", R"({"a":1})", "/a", "type"},
      {R"({"properties":{"a":{"const":1}}})", R"({"a":2})", "/a", "const"},
      {R"({"properties":{"a":{"enum":[1]}}})", R"({"a":2})", "/a", "enum"},
      {R"({"required":["a"]})", R"({})", "", "required"},
      {R"({"properties":{"b":{"additionalProperties":false}}})", R"({"b":{"c":1}})", "/b", "additionalProperties"},
      {R"({"properties":{"a":{"pattern":"^x"}}})", R"({"a":"y"})", "/a", "pattern"},
      {R"({"properties":{"a":{"format":"date-time"}}})", R"({"a":"today"})", "/a", "format"},
      {R"({"properties":{"a":{"not":{"const":1}}}})", R"({"a":1})", "/a", "not"},
      {R"({"properties":{"a":{"contains":{"const":1}}}})", R"({"a":[2]})", "/a", "contains"},
      {R"({"properties":{"a":{"uniqueItems":true}}})", R"({"a":[2,2]})", "/a", "uniqueItems"},
      {R"({"properties":{"a":{"minItems":1}}})", R"({"a":[]})", "/a", "minItems"},
      {R"({"properties":{"a":{"maxItems":1}}})", R"({"a":[1,2]})", "/a", "maxItems"},
      {R"({"properties":{"a":{"minLength":1}}})", R"({"a":""})", "/a", "minLength"},
      {R"({"properties":{"a":{"maxLength":1}}})", R"({"a":"xy"})", "/a", "maxLength"},
      {R"({"properties":{"a":{"minimum":1}}})", R"({"a":0})", "/a", "minimum"},
      {R"({"properties":{"a":{"maximum":1}}})", R"({"a":2})", "/a", "maximum"},
      {R"({"properties":{"a":{"items":{"type":"string"}}}})", R"({"a":["x",1]})", "/a/1", "type"},
      {R"({"properties":{"a/b~c":{"type":"string"}}})", R"({"a/b~c":1})", "/a~1b~0c", "type"},
      {R"({"propertyNames":{"pattern":"^x"}})", R"({"a":1})", "", "propertyNames"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.schema);
    const auto found = problems_of(row.schema, row.document);
    REQUIRE(found.size() == 1);
    CHECK(found[0].instance_path == row.place);
    CHECK(found[0].keyword == row.keyword);
  }
}

TEST_CASE("a rule that fails names what it found, not itself") {
  const auto found = problems_of(
      R"({"allOf":[{"if":{"properties":{"a":{"const":1}}},"then":{"properties":{"b":{"const":2}}}}]})",
      R"({"a":1,"b":3})");
  REQUIRE(found.size() == 1);
  CHECK(found[0].instance_path == "/b");
  CHECK(found[0].keyword == "const");
}

TEST_CASE("a time that is an object, a list or null is a wrong type, not a fault") {
  const char* schema = R"({"properties":{"a":{"type":["string","null"],"format":"date-time"}}})";
  CHECK(problems_of(schema, R"({"a":null})").empty());
  CHECK(problems_of(schema, R"({"a":"2026-11-30T12:00:00Z"})").empty());
  for (const char* document : {R"({"a":{}})", R"({"a":[]})", R"({"a":1})", R"({"a":true})"}) {
    const auto found = problems_of(schema, document);
    REQUIRE(found.size() == 1);
    CHECK(found[0].keyword == "type");
  }
}

TEST_CASE("strings, depth and doubled keys are refused before a schema sees them") {
  const std::string long_id = R"({"id":")" + std::string(1024 * 1024, 'a') + R"("})";
  const auto result = json::parse(long_id, json::k_schema_bounds);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == ErrorKind::limit);
  const std::string long_key = "{\"" + std::string(5000, 'k') + "\":1}";
  CHECK(json::parse(long_key, json::k_schema_bounds).error().kind == ErrorKind::limit);
  CHECK(json::parse(std::string(65, '[') + std::string(65, ']'), json::k_schema_bounds).error().kind ==
        ErrorKind::limit);
  CHECK(json::parse(std::string(64, '[') + std::string(64, ']'), json::k_schema_bounds).has_value());
  CHECK_FALSE(json::parse(R"({"a":1,"a":1})", json::k_schema_bounds).has_value());
}

TEST_CASE("the longest string that may meet a pattern does not use up the stack") {
  const std::string longest(limits::k_contract_string_bytes_max, 'a');
  for (const json::EmbeddedSchema& each : json::embedded_schemas()) {
    const json::Schema schema = json::Schema::embedded(each.name).value();
    for (const std::string& id : {longest, "urn:srcos:terminal-door:" + longest.substr(24),
                                  "~/" + longest.substr(2), std::string(4096, '/')}) {
      const json::Value document = {{"id", id}, {"repoMountScopes", {{{"path", id}}}}, {"allowedRepoPaths", {{{"path", id}}}}};
      CHECK(schema.problems(document).has_value());
    }
  }
}

TEST_CASE("every schema is embedded and can be used") {
  std::set<std::string> files;
  for (const auto& entry : fs::directory_iterator(k_examples.parent_path())) {
    if (entry.path().extension() == ".json") {
      files.insert(entry.path().stem().string());
    }
  }
  CHECK(files.size() == json::embedded_schemas().size());
  for (const std::string& name : files) {
    CAPTURE(name);
    CHECK(json::Schema::embedded(name).has_value());
  }
  CHECK(json::Schema::embedded("NoSuchThing").error().reason == "schema-unknown");
}

TEST_CASE("every example fits its schema, or does not when it is called invalid") {
  std::size_t seen = 0;
  for (const auto& entry : fs::directory_iterator(k_examples)) {
    if (entry.path().extension() != ".json") {
      continue;
    }
    const std::string name = schema_of(entry.path());
    CAPTURE(entry.path().string());
    REQUIRE_FALSE(name.empty());
    const auto problems = json::Schema::embedded(name).value().problems(read_json(entry.path()));
    REQUIRE(problems.has_value());
    const bool is_invalid = entry.path().string().ends_with(".invalid.json");
    CHECK(problems->empty() == !is_invalid);
    ++seen;
  }
  CHECK(seen > 50);
}

TEST_CASE("every negative example fails for its stated reason alone") {
  for (const json::Value& row : read_json(k_examples / "invalid" / "index.json")) {
    CAPTURE(row.dump());
    const std::string schema = row.at("schema").get<std::string>();
    const auto problems = json::Schema::embedded(schema.substr(0, schema.size() - 5))
                              .value()
                              .problems(read_json(k_examples / "invalid" / row.at("file").get<std::string>()));
    REQUIRE(problems.has_value());
    REQUIRE_FALSE(problems->empty());
    for (const json::SchemaProblem& problem : *problems) {
      CHECK(problem.keyword == row.at("expectedKeyword").get<std::string>());
      CHECK(problem.instance_path == row.at("expectedInstancePath").get<std::string>());
    }
  }
}
