#include "runtime/agent/ambient_auth.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/hardening.hpp"
#include "host/host.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

void read_names(const json::Value& document, AuthFileFacts& facts) {
  const auto auths = document.find("auths");
  if (auths != document.end() && auths->is_object()) {
    for (const auto& [registry, ignored] : auths->items()) {
      facts.registries.push_back(registry);
    }
    facts.is_empty_auths = document.size() == 1 && auths->empty();
  }
  const auto helpers = document.find("credHelpers");
  if (helpers != document.end() && helpers->is_object()) {
    for (const auto& [registry, helper] : helpers->items()) {
      facts.helpers.push_back({registry, helper.is_string() ? helper.get<std::string>() : "?"});
    }
  }
  const auto store = document.find("credsStore");
  if (store != document.end() && store->is_string() && !store->get<std::string>().empty()) {
    facts.store = store->get<std::string>();
  }
}

}  // namespace

bool AuthFileFacts::has_helper_for(const std::string& registry) const {
  return store.has_value() || std::ranges::any_of(helpers, [&](const HelperFact& each) {
           return each.registry == registry || each.registry == "https://" + registry;
         });
}

AuthFileFacts read_auth_file(const fs::path& file) {
  AuthFileFacts facts;
  facts.path = file;
  const auto described = host::describe(file);
  if (!described) {
    facts.exists = described.error().kind != ErrorKind::not_found;
    return facts;
  }
  facts.exists = true;
  facts.mode = described->mode;
  facts.size = described->size;
  facts.is_special = described->kind != host::FileKind::regular;
  auto text = host::read_file(file, limits::k_config_file_bytes_max);
  if (!text) {
    return facts;
  }
  facts.readable = true;
  constexpr std::size_t k_auth_depth_max = 64;
  const auto document = json::parse(
      *text, {.bytes_max = limits::k_config_file_bytes_max, .depth_max = k_auth_depth_max});
  host::wipe(*text);
  if (document && document->is_object()) {
    facts.is_json = true;
    read_names(*document, facts);
  }
  return facts;
}

std::vector<AuthFileFacts> read_ambient_auth(const host::Host& host) {
  const host::Environment& environment = host.environment;
  std::vector<fs::path> files = {environment.home / ".docker/config.json"};
  if (const std::string* directory = host::find_variable(environment, "DOCKER_CONFIG")) {
    files.push_back(fs::path(*directory) / "config.json");
  }
  files.push_back(environment.home / ".config/containers/auth.json");
  if (const std::string* directory = host::find_variable(environment, "XDG_RUNTIME_DIR")) {
    files.push_back(fs::path(*directory) / "containers/auth.json");
  }
  if (const std::string* file = host::find_variable(environment, "REGISTRY_AUTH_FILE")) {
    files.emplace_back(*file);
  }
  std::vector<AuthFileFacts> found;
  for (const fs::path& file : files) {
    const bool known = std::ranges::any_of(
        found, [&](const AuthFileFacts& each) { return each.path == file; });
    if (AuthFileFacts facts = read_auth_file(file); facts.exists && !known) {
      found.push_back(std::move(facts));
    }
  }
  return found;
}

json::Value as_json(const AuthFileFacts& facts) {
  json::Value helpers = json::Value::array();
  for (const HelperFact& each : facts.helpers) {
    helpers.push_back({{"registry", each.registry}, {"helper", each.helper}});
  }
  return {{"pathRef", facts.path.string()},
          {"mode", fmt::format("{:04o}", facts.mode)},
          {"readable", facts.readable},
          {"json", facts.is_json},
          {"size", facts.is_json ? json::Value() : json::Value(facts.size)},
          {"hosts", facts.registries},
          {"credHelpers", helpers},
          {"credsStore", facts.store ? json::Value(*facts.store) : json::Value()}};
}

}  // namespace sourceos::runtime
