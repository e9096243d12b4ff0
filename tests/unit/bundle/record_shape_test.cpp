#include "bundle/record.hpp"

#include <functional>

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/json/schema.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/bundle/sample_record.hpp"

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

json::Value sample() { return parse_record(write_record(tests::sample_record()).value()).value(); }

// Calls `visit` with every value in a document, which it may change, and its place.
void for_each_place(json::Value& value, const std::string& place,
                    const std::function<void(json::Value&, const std::string&)>& visit) {
  visit(value, place);
  if (value.is_object()) {
    for (auto& [key, member] : value.items()) {
      for_each_place(member, place + "/" + key, visit);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      for_each_place(value[i], place + "/" + std::to_string(i), visit);
    }
  }
}

std::vector<std::string> places() {
  json::Value value = sample();
  std::vector<std::string> all;
  for_each_place(value, "", [&](json::Value&, const std::string& place) { all.push_back(place); });
  return all;
}

// What is free inside by the format.
bool is_free(const std::string& place) {
  return place.starts_with("/grants/0/") || place.starts_with("/mounts/0/scan/findings") ||
         place.starts_with("/mounts/0/gitRef");
}

bool may_be_absent(const std::string& place) {
  for (const char* each : {"/workspaceId", "/profileRef", "/profileHash", "/authRedacted", "/nonce",
                           "/recipients", "/case", "/examiner", "/note"}) {
    if (place == each) {
      return true;
    }
  }
  return is_free(place);
}

json::Value schema() {
  const std::string path =
      std::string(SOURCEOS_SOURCE_DIR) + "/schemas/SourceOSEvidenceBundle.json";
  return json::parse(tests::read_file(path)).value();
}

bool schema_takes(const json::Value& value) {
  static const json::Value k_schema = schema();
  return json::check_schema(k_schema, value).value().empty();
}

}  // namespace

TEST_CASE("the sample fits, by the table and by the schema") {
  CHECK(check_record_shape(sample()).has_value());
  CHECK(schema_takes(sample()));
}

TEST_CASE("a key that does not belong is malformed, wherever it stands") {
  for (const std::string& place : places()) {
    json::Value value = sample();
    json::Value& member = value[json::Value::json_pointer(place)];
    if (!member.is_object() || place == "/grants/0") {
      continue;
    }
    CAPTURE(place);
    member["unknown"] = 1U;
    REQUIRE_FALSE(check_record_shape(value).has_value());
    CHECK(check_record_shape(value).error().reason == "malformed");
    CHECK_FALSE(schema_takes(value));
  }
}

TEST_CASE("a field that is missing, or of another type, is found by table and schema alike") {
  for (const std::string& place : places()) {
    // The order of counts is more than a schema can say.
    const bool is_ordered = place.find("/by") != std::string::npos && place.ends_with("/name");
    if (place.empty() || is_free(place) || is_ordered) {
      continue;
    }
    CAPTURE(place);
    const json::Value::json_pointer pointer(place);
    // Rows of an array are alike: one of each is enough for the slower of the two.
    if (place.find("/1") != std::string::npos) {
      continue;
    }
    for (const json::Value& other : {json::Value(nullptr), json::Value(1.5)}) {
      json::Value value = sample();
      value[pointer] = other;
      CAPTURE(other.dump());
      CHECK(check_record_shape(value).has_value() == schema_takes(value));
    }
    json::Value value = sample();
    if (value[pointer.parent_pointer()].is_object()) {
      value[pointer.parent_pointer()].erase(pointer.back());
      CHECK(check_record_shape(value).has_value() == may_be_absent(place));
      CHECK(schema_takes(value) == may_be_absent(place));
    }
  }
}

TEST_CASE("formats are held to") {
  const std::pair<const char*, json::Value> wrong[] = {
      {"/runId", std::string(31, 'a')},
      {"/runId", std::string(32, 'A')},
      {"/policyHash", std::string(64, 'a')},
      {"/policyHash", "sha256:" + std::string(63, 'a')},
      {"/startedAt", "2026-01-01 00:00:00Z"},
      {"/startedAt", "2026-01-01T00:00:00+00:00"},
      {"/nonce", std::string(30, 'a')},
      {"/nonce", std::string(33, 'a')},
      {"/mode", "readonly"},
      {"/specVersion", "1.0.1"},
      {"/outcome/result", "fine"},
      {"/outcome/exitCode", 9'007'199'254'740'992U},
      {"/nonClaims", json::Value::array()},
      {"/nonClaims/0", " \t\n"},
      {"/redaction/hostUserRedacted", false},
      {"/findings/0/byteRange", json::Value::array({1U})},
      {"/findings/0/byteRange", json::Value::array({1U, 2U, 3U})},
      {"/findings/0/severity", "critical"}};
  for (const auto& [place, other] : wrong) {
    json::Value value = sample();
    value[json::Value::json_pointer(place)] = other;
    CAPTURE(place);
    REQUIRE_FALSE(check_record_shape(value).has_value());
    CHECK(check_record_shape(value).error().reason == "schema");
    CHECK_FALSE(schema_takes(value));
  }
  json::Value value = sample();
  std::swap(value["redaction"]["byRule"][0], value["redaction"]["byRule"][1]);
  CHECK_FALSE(check_record_shape(value).has_value());
  value = sample();
  value["findings"][0]["byteRange"] = json::Value::array({2U, 1U});
  CHECK_FALSE(check_record_shape(value).has_value());
}
