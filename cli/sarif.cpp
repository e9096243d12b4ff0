#include "cli/sarif.hpp"

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::cli {

namespace {

// SARIF's plain text knows links "[words](target)": square brackets are escaped so that none is made.
std::string plain_text(std::string_view text) {
  std::string out;
  for (const char c : text::for_display_line(text)) {
    if (c == '[' || c == ']') {
      out += '\\';
    }
    out += c;
  }
  return out;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~' || c == '/';
}

json::Value location(const SarifResult& result) {
  json::Value physical = {{"artifactLocation", {{"uri", relative_uri(result.path)}}}};
  if (result.line) {
    physical["region"] = {{"startLine", *result.line}};
    if (result.column) {
      physical["region"]["startColumn"] = *result.column;
    }
  }
  return {{"physicalLocation", std::move(physical)}};
}

}  // namespace

std::string relative_uri(std::string_view path) {
  while (path.starts_with("./") || path.starts_with("/")) {
    path.remove_prefix(path.starts_with("/") ? 1 : 2);
  }
  std::string uri;
  for (const char c : path) {
    if (is_unreserved(c)) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return uri;
}

json::Value to_sarif(const std::vector<SarifRule>& rules, const std::vector<SarifResult>& results) {
  json::Value driver = {{"name", "sourceosctl"}, {"rules", json::Value::array()}};
  for (const SarifRule& rule : rules) {
    driver["rules"].push_back(
        {{"id", rule.id}, {"shortDescription", {{"text", plain_text(rule.description)}}}});
  }
  json::Value shown = json::Value::array();
  for (const SarifResult& result : results) {
    json::Value one = {{"ruleId", result.rule},
                       {"level", result.level},
                       {"message", {{"text", plain_text(result.message)}}},
                       {"locations", json::Value::array({location(result)})}};
    if (!result.fingerprint.empty()) {
      one["partialFingerprints"] = {{"sourceosTag/v1", result.fingerprint}};
    }
    shown.push_back(std::move(one));
  }
  json::Value run = {{"tool", {{"driver", std::move(driver)}}},
                     {"columnKind", "unicodeCodePoints"},
                     {"results", std::move(shown)}};
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", json::Value::array({std::move(run)})}};
}

}  // namespace sourceos::cli
