#include "runtime/agent/provenance.hpp"

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "runtime/agent/podman_calls.hpp"

namespace sourceos::runtime {

std::filesystem::path provenance_file(const AgentPlaces& places) {
  return places.state / "provenance.json";
}

std::string make_provenance(const host::Host& host, const Declaration& d) {
  const auto image = find_image(host, d);
  const json::Value record = {
      {"agent", d.name},
      {"runtimeImage", d.image.empty() ? json::Value() : json::Value(d.image)},
      {"sourceImage", d.source_image ? json::Value(*d.source_image) : json::Value()},
      {"imageId", image && !image->id.empty() ? json::Value(image->id) : json::Value()},
      {"repoDigests", image ? json::Value(image->digests) : json::Value::array()},
      {"pulledAt", nullptr},
      {"runtimeAuth", to_string(d.auth_mode)},
      {"pullAuth", d.auth_mode == AuthMode::service_account ? "service-account" : "unknown"}};
  return record.dump(2) + "\n";
}

json::Value provenance_note(const AgentPlaces& places) {
  const auto text = host::read_file(provenance_file(places), limits::k_config_file_bytes_max);
  const auto document = text ? json::parse(*text) : Result<json::Value>(fail(text.error()));
  return document ? *document : json::Value();
}

}  // namespace sourceos::runtime
