// The conventions of the contracts, walked over the schemas and examples themselves: a new schema
// or example that forgets one is named here.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/text.hpp"

using namespace sourceos;
namespace fs = std::filesystem;

namespace {

const fs::path k_schemas = fs::path(SOURCEOS_SOURCE_DIR) / "schemas";
// Contracts and their slugs; other schemas describe our own documents.
const std::map<std::string, std::string> k_contracts = {
    {"AgentMachineProfile", "agent-machine-profile"},
    {"AgentMachineFingerprint", "agent-machine-fingerprint"},
    {"SecureHostInterfaceProfile", "secure-host-interface"},
    {"HostInterfaceGrant", "host-interface-grant"},
    {"TerminalDoor", "terminal-door"},
    {"BrowserDoor", "browser-door"},
    {"EditorDoor", "editor-door"},
    {"AgentToolDoor", "agent-tool-door"},
};

json::Value read_json(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  auto value = json::parse(out.str(), {.depth_max = limits::k_contract_depth_max});
  REQUIRE_MESSAGE(value.has_value(), path.string());
  return *value;
}

json::Value contract(const std::string& title) { return read_json(k_schemas / (title + ".json")); }

// Visits each subschema; `is_rule`: it is part of a condition, which describes no property anew.
using Visit = std::function<void(const json::Value& node, const std::string& place, bool is_rule)>;
void walk(const json::Value& node, const std::string& place, bool is_rule, const Visit& visit) {
  if (!node.is_object()) {
    return;
  }
  visit(node, place, is_rule);
  for (const auto& [key, member] : node.items()) {
    const std::string below = place + "/" + key;
    if (key == "properties" || key == "$defs") {
      for (const auto& [name, schema] : member.items()) {
        walk(schema, below + "/" + name, is_rule, visit);
      }
    } else if (key == "allOf" || key == "anyOf" || key == "oneOf") {
      for (std::size_t i = 0; i < member.size(); ++i) {
        // A wrapper around one shared definition is no rule.
        walk(member[i], below + "/" + std::to_string(i), !member[i].contains("$ref"), visit);
      }
    } else if (key == "if" || key == "then" || key == "else" || key == "not" || key == "contains") {
      walk(member, below, true, visit);
    } else if (key == "items" || key == "additionalProperties" || key == "propertyNames") {
      walk(member, below, is_rule, visit);
    }
  }
}

void walk_all(const Visit& visit) {
  for (const auto& [title, slug] : k_contracts) {
    const json::Value schema = contract(title);
    walk(schema, title, false, visit);
  }
}

std::vector<fs::path> examples_of(const std::string& title) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(k_schemas / "examples")) {
    if (entry.path().filename().string().starts_with(text::ascii_lower(title) + ".")) {
      found.push_back(entry.path());
    }
  }
  return found;
}

// How many places differ; a missing or added member is one place.
std::size_t differences(const json::Value& a, const json::Value& b) {
  if (a == b) {
    return 0;
  }
  std::size_t count = 0;
  if (a.is_object() && b.is_object()) {
    for (const auto& [key, member] : a.items()) {
      count += b.contains(key) ? differences(member, b.at(key)) : 1U;
    }
    for (const auto& [key, member] : b.items()) {
      count += a.contains(key) ? 0U : 1U;
    }
    return count;
  }
  if (a.is_array() && b.is_array() && std::min(a.size(), b.size()) != 0) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      count += differences(a[i], b[i]);
    }
    return count + (std::max(a.size(), b.size()) - std::min(a.size(), b.size()));
  }
  return 1;
}

void each_string(const json::Value& value, const std::function<void(const std::string&)>& visit) {
  if (value.is_string()) {
    visit(value.get_ref<const std::string&>());
  } else if (value.is_structured()) {
    for (const json::Value& member : value) {
      each_string(member, visit);
    }
  }
}

}  // namespace

TEST_CASE("a contract's schema has the head that its file name says") {
  for (const auto& [title, slug] : k_contracts) {
    CAPTURE(title);
    const json::Value schema = contract(title);
    CHECK(schema.at("$schema") == "https://json-schema.org/draft/2020-12/schema");
    CHECK(schema.at("$id") == "https://schemas.srcos.ai/v2/" + title + ".json");
    CHECK(schema.at("title") == title);
    const json::Value& properties = schema.at("properties");
    CHECK(properties.at("id").at("pattern") == "^urn:srcos:" + slug + ":[a-z0-9][a-z0-9_-]*$");
    CHECK(properties.at("type").at("const") == title);
    CHECK(properties.at("specVersion").at("pattern") == R"(^2\.[0-9]+\.[0-9]+$)");
    for (const char* name : {"id", "type", "specVersion"}) {
      CHECK(std::count(schema.at("required").begin(), schema.at("required").end(), name) == 1);
    }
  }
}

TEST_CASE("every object of a contract is closed and every property described") {
  walk_all([](const json::Value& node, const std::string& place, bool is_rule) {
    CAPTURE(place);
    if (is_rule) {
      return;
    }
    if (node.contains("properties")) {
      CHECK((node.contains("type") && node.at("additionalProperties") == false));
      for (const auto& [name, property] : node.at("properties").items()) {
        CAPTURE(name);
        CHECK(property.contains("description"));
      }
      for (const json::Value& name : node.at("required")) {
        CHECK(node.at("properties").contains(name.get<std::string>()));
      }
    }
  });
}

TEST_CASE("a schema uses only keywords that both validators know") {
  const std::set<std::string> allowed = {
      "$schema", "$id", "title", "description", "$defs", "type", "const", "enum", "properties",
      "required", "additionalProperties", "propertyNames", "items", "contains", "minItems",
      "maxItems", "uniqueItems", "minLength", "maxLength", "pattern", "minimum", "maximum",
      "format", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref"};
  for (const auto& entry : fs::directory_iterator(k_schemas)) {
    if (entry.path().extension() != ".json") {
      continue;
    }
    walk(read_json(entry.path()), entry.path().stem().string(), false,
         [&](const json::Value& node, const std::string& place, bool) {
           for (const auto& [key, member] : node.items()) {
             CAPTURE(place);
             CAPTURE(key);
             CHECK(allowed.contains(key));
             CHECK((key != "format" || member == "date-time"));
             CHECK((key != "items" || member.is_object()));
             CHECK((key != "$ref" || !k_contracts.contains(place.substr(0, place.find('/'))) ||
                    member.get<std::string>().starts_with("#/$defs/")));
           }
           CHECK_MESSAGE((!node.contains("$ref") || node.size() == 1), place);
         });
  }
}

TEST_CASE("a definition that several contracts share is the same in each") {
  std::map<std::string, json::Value> known;
  for (const auto& [title, slug] : k_contracts) {
    const json::Value schema = contract(title);
    const json::Value definitions = schema.value("$defs", json::Value::object());
    for (const auto& [name, definition] : definitions.items()) {
      CAPTURE(title);
      CAPTURE(name);
      const auto [at, is_new] = known.emplace(name, definition);
      CHECK((is_new || at->second == definition));
    }
  }
  for (const char* name : {"scopedHostPath", "pathScope", "evidencePolicy", "sensitiveAccess",
                           "operation", "assurance", "nonClaims"}) {
    CHECK(known.contains(name));
  }
}

TEST_CASE("each contract has examples for macOS, Windows and Linux") {
  for (const auto& [title, slug] : k_contracts) {
    for (const char* host : {"macos", "windows", "linux"}) {
      CAPTURE(title);
      CAPTURE(host);
      std::size_t count = 0;
      for (const fs::path& path : examples_of(title)) {
        const std::string name = path.filename().string();
        count += name.find(std::string(".") + host) != std::string::npos ? 1U : 0U;
      }
      CHECK(count >= 1);
    }
  }
}

TEST_CASE("examples name no real home, registry or digest") {
  const std::regex home("/(home|Users)/[^/]+/|[A-Za-z]:\\\\Users");
  const std::regex digest("sha256:([0-9a-f]{64})");
  for (const auto& [title, slug] : k_contracts) {
    for (const fs::path& path : examples_of(title)) {
      CAPTURE(path.string());
      each_string(read_json(path), [&](const std::string& word) {
        CHECK_FALSE(std::regex_search(word, home));
        std::smatch match;
        if (std::regex_search(word, match, digest)) {
          CHECK(match[1].str() == std::string(64, match[1].str().front()));
        }
        CHECK(word.find(".io/") == std::string::npos);
      });
    }
  }
}

TEST_CASE("each invariant has negative examples, all listed, one place away from a good one") {
  const json::Value index = read_json(k_schemas / "examples" / "invalid" / "index.json");
  std::set<std::string> invariants;
  std::set<std::string> listed;
  for (const json::Value& row : index) {
    CAPTURE(row.dump());
    CHECK(row.size() == 5);
    const std::string file = row.at("file").get<std::string>();
    const std::string schema = row.at("schema").get<std::string>();
    const std::string title = schema.substr(0, schema.size() - 5);
    CHECK(file.starts_with(text::ascii_lower(title) + "."));
    invariants.insert(row.at("invariant").get<std::string>());
    CHECK(listed.insert(file).second);
    const json::Value bad = read_json(k_schemas / "examples" / "invalid" / file);
    std::size_t nearest = 100;
    for (const fs::path& good : examples_of(title)) {
      nearest = std::min(nearest, differences(read_json(good), bad));
    }
    CHECK(nearest == 1);
  }
  for (int i = 1; i <= 12; ++i) {
    CHECK(invariants.contains("D" + std::to_string(i)));
  }
  for (const auto& entry : fs::directory_iterator(k_schemas / "examples" / "invalid")) {
    const std::string name = entry.path().filename().string();
    CHECK_MESSAGE((name == "index.json" || listed.contains(name)), name);
  }
}

TEST_CASE("the catalog lists every schema") {
  std::ifstream in(k_schemas / "README.md", std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  const std::string catalog = out.str();
  for (const auto& entry : fs::directory_iterator(k_schemas)) {
    if (entry.path().extension() == ".json") {
      CHECK_MESSAGE(catalog.find("`" + entry.path().filename().string() + "`") != std::string::npos,
                    entry.path().filename().string());
    }
  }
  for (const auto& [title, slug] : k_contracts) {
    CHECK(catalog.find("| `" + title + ".json` | " + title + " | `urn:srcos:" + slug + ":` |") !=
          std::string::npos);
  }
}
