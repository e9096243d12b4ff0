// Registry auth files, by allow list: host names, helper names, names of keys; no value of any
// other kind is written (local agents, 5.2). What the files hold teaches redaction.
//
// Verdicts: "absent", "empty" (no host, no helper), "hosts" (hosts without a credential), "helpers"
// (a helper is asked), "credentials" (a secret is in the file), "unparsable", "unreadable" (also a
// link or a special file).
#include "collect/collectors/builtin.hpp"
#include "collect/collectors/options.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sourceos::collect {

namespace {

constexpr std::array<std::string_view, 4> k_secret_names = {"auth", "password", "identitytoken",
                                                            "registrytoken"};

std::string variable(const host::Environment& environment, std::string_view name) {
  const std::string* value = host::find_variable(environment, name);
  return value != nullptr ? *value : std::string();
}

// Where container tools look, and the files that were named; each once.
std::vector<std::filesystem::path> places(const CollectContext& context) {
  const host::Environment& environment = context.host.environment;
  std::vector<std::filesystem::path> paths;
  const auto add = [&](const std::filesystem::path& path) {
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) {
      paths.push_back(path);
    }
  };
  for (const std::string& path : list_option(context, "paths")) {
    add(option_path(context, path));
  }
  if (!flag_option(context, "ambient", true)) {
    return paths;
  }
  add(environment.home / ".docker/config.json");
  add(environment.home / ".config/containers/auth.json");
  if (const auto value = variable(environment, "DOCKER_CONFIG"); !value.empty()) {
    add(option_path(context, value) / "config.json");
  }
  if (const auto value = variable(environment, "XDG_RUNTIME_DIR"); !value.empty()) {
    add(option_path(context, value) / "containers/auth.json");
  }
  if (const auto value = variable(environment, "REGISTRY_AUTH_FILE"); !value.empty()) {
    add(option_path(context, value));
  }
  return paths;
}

struct AuthFile {
  AuthFacts facts;
  json::Value row;  // `{ path, mode, size, hosts: [{ host, fields }], ... verdict }`
};

json::Value names_of(const json::Value& object) {
  json::Value names = json::Value::array();
  for (const auto& [name, value] : object.items()) {
    names.push_back(json_text(name));
  }
  return names;
}

bool holds_secret(const json::Value& entry) {
  return entry.is_object() && std::any_of(k_secret_names.begin(), k_secret_names.end(), [&](auto n) {
    const auto found = entry.find(std::string(n));
    return found != entry.end() && !(found->is_string() && found->get<std::string>().empty());
  });
}

void read_hosts(const json::Value& auths, AuthFile& file, bool& secret) {
  for (const auto& [name, entry] : auths.items()) {
    file.facts.hosts.push_back(name);
    file.row["hosts"].push_back(
        {{"host", json_text(name)},
         {"fields", entry.is_object() ? names_of(entry) : json::Value::array()}});
    secret = secret || holds_secret(entry);
  }
}

void read_helpers(const json::Value& helpers, AuthFile& file) {
  for (const auto& [name, helper] : helpers.items()) {
    if (helper.is_string()) {
      file.facts.helpers.push_back({name, helper.get<std::string>()});
      file.row["credHelpers"].push_back(
          {{"host", json_text(name)}, {"helper", json_text(helper.get<std::string>())}});
    }
  }
}

// Fills facts and row from a parsed file and says its verdict.
std::string_view read_document(const json::Value& document, AuthFile& file) {
  if (!document.is_object()) {
    return "unparsable";
  }
  bool secret = false;
  for (const auto& [name, value] : document.items()) {
    if (name == "auths" && value.is_object()) {
      read_hosts(value, file, secret);
    } else if (name == "credHelpers" && value.is_object()) {
      read_helpers(value, file);
    } else if (name == "credsStore" && value.is_string()) {
      file.facts.store = value.get<std::string>();
      file.row["credsStore"] = json_text(*file.facts.store);
    } else {
      file.row["otherKeys"].push_back(json_text(name));
    }
  }
  if (secret) {
    return "credentials";
  }
  const bool helpers = !file.facts.helpers.empty() || file.facts.store;
  return helpers ? "helpers" : file.facts.hosts.empty() ? "empty" : "hosts";
}

AuthFile look_at(const std::filesystem::path& path, ArtifactSink& sink) {
  AuthFile file;
  file.facts.path = path.string();
  file.row = {{"path", json_text(path.string())},  {"mode", nullptr},
              {"size", nullptr},                   {"hosts", json::Value::array()},
              {"credHelpers", json::Value::array()}, {"credsStore", nullptr},
              {"otherKeys", json::Value::array()}};
  const auto described = host::describe(path);
  if (!described) {
    file.facts.verdict = described.error().kind == ErrorKind::not_found ? "absent" : "unreadable";
    return file;
  }
  file.facts.mode = described->mode;
  file.row["mode"] = fmt::format("{:04o}", described->mode);
  const auto opened = host::open_regular(path);
  const auto content = opened ? host::read_all(*opened, limits::k_config_file_bytes_max)
                              : Result<std::string>(fail(opened.error()));
  if (!content) {
    file.facts.verdict = "unreadable";
    return file;
  }
  sink.teach({*content, ContentHint::docker_auth, Teacher::operator_source});
  const auto document = json::parse(*content);
  if (document) {
    file.facts.verdict = read_document(*document, file);
  } else {
    file.facts.verdict = "unparsable";
    file.row["size"] = described->size;
  }
  return file;
}

class AuthCollector : public Collector {
 public:
  std::string_view name() const override { return "auth"; }
  std::string_view summary() const override {
    return "registry auth files: hosts, credential helpers, mode; never a credential";
  }

  Result<CollectorOutcome> collect(const CollectContext& context,
                                   ArtifactSink& sink) const override {
    json::Value document = {{"type", "AuthFacts"}, {"files", json::Value::array()}};
    sink.auth_looked_at();
    for (const std::filesystem::path& path : places(context)) {
      SOURCEOS_TRY(context.check());
      AuthFile file = look_at(path, sink);
      file.row["verdict"] = file.facts.verdict;
      document["files"].push_back(std::move(file.row));
      if (file.facts.verdict != "absent") {
        sink.auth(std::move(file.facts));
      }
    }
    SOURCEOS_TRY(sink.add_json({"auth", "auth.json"}, EntryKind::auth_redacted, document));
    return CollectorOutcome{};
  }
};

}  // namespace

const Collector& auth_collector() {
  static const AuthCollector collector;
  return collector;
}

}  // namespace sourceos::collect
