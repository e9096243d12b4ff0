#include "cli/baseline.hpp"

#include "cli/render.hpp"
#include "core/bytes.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace {

constexpr std::string_view k_schema = "sourceos.scan-baseline/v1";
constexpr std::size_t k_key_bytes = 32;

}  // namespace

Baseline Baseline::with_new_key(host::Random& random) {
  Baseline baseline;
  baseline.key_ = random.bytes(k_key_bytes);
  return baseline;
}

Result<Baseline> Baseline::read(const std::filesystem::path& path) {
  const auto bad = [&path](std::string_view what) {
    return fail(ErrorKind::malformed, "baseline-malformed",
                "'" + path.string() + "': " + std::string(what));
  };
  SOURCEOS_TRY_ASSIGN(const std::string text, host::read_file(path, limits::k_json_bytes_max));
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse(text));
  if (text_of(value, "schema") != k_schema) {
    return bad("schema is not sourceos.scan-baseline/v1");
  }
  Baseline baseline;
  const auto key = hex_decode(text_of(value, "key"));
  if (!key || key->size() != k_key_bytes) {
    return bad("key is not 64 hex digits");
  }
  baseline.key_ = *key;
  for (const json::Value& row : part_of(value, "accepted")) {
    if (text_of(row, "rule").empty() || text_of(row, "tag").empty()) {
      return bad("an accepted row has no rule or tag");
    }
    baseline.accepted_.emplace(text_of(row, "rule"), text_of(row, "tag"));
  }
  return baseline;
}

bool Baseline::accepts(const json::Value& row) const {
  return accepted_.contains({text_of(row, "rule"), text_of(row, "tag")});
}

std::string Baseline::write(const json::Value& rows) const {
  json::Value value = {{"schema", k_schema}, {"key", hex_encode(key_)}};
  json::Value accepted = json::Value::array();
  std::set<std::pair<std::string, std::string>> seen = accepted_;
  for (const auto& [rule, tag] : accepted_) {
    accepted.push_back({{"rule", rule}, {"tag", tag}});
  }
  for (const json::Value& row : rows) {
    if (seen.emplace(text_of(row, "rule"), text_of(row, "tag")).second && !text_of(row, "tag").empty()) {
      accepted.push_back({{"rule", text_of(row, "rule")},
                          {"path", text_of(row, "path")},
                          {"tag", text_of(row, "tag")}});
    }
  }
  value["accepted"] = std::move(accepted);
  return to_json_text(value, Layout::pretty);
}

}  // namespace sourceos::cli
