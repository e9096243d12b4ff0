// Registry auth files: where container tools look and the files that were named. What they hold
// teaches redaction. Verdicts beside those of auth_file.hpp: "absent", "unreadable" (also a link or
// a special file).
#include "collect/collectors/auth_file.hpp"
#include "collect/collectors/builtin.hpp"
#include "collect/collectors/options.hpp"
#include "core/json/json.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sourceos::collect {

namespace {

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

// What is known of one file: a row of the entry and, when the file is there, one of the record.
struct Seen {
  AuthFacts facts;
  json::Value row;
};

void add_content(const AuthFile& file, Seen& seen) {
  seen.facts.verdict = file.verdict;
  seen.facts.helpers = file.helpers;
  seen.facts.store = file.store;
  for (const AuthHost& host : file.hosts) {
    seen.facts.hosts.push_back(host.host);
    json::Value fields = json::Value::array();
    for (const std::string& field : host.fields) {
      fields.push_back(json_text(field));
    }
    seen.row["hosts"].push_back({{"host", json_text(host.host)}, {"fields", std::move(fields)}});
  }
  for (const CredentialHelper& helper : file.helpers) {
    seen.row["credHelpers"].push_back(
        {{"host", json_text(helper.host)}, {"helper", json_text(helper.helper)}});
  }
  if (file.store) {
    seen.row["credsStore"] = json_text(*file.store);
  }
  for (const std::string& name : file.other_keys) {
    seen.row["otherKeys"].push_back(json_text(name));
  }
}

Seen look_at(const std::filesystem::path& path, ArtifactSink& sink) {
  Seen seen;
  seen.facts.path = path.string();
  seen.facts.verdict = "unreadable";
  seen.row = {{"path", json_text(path.string())},    {"mode", nullptr},
              {"size", nullptr},                     {"hosts", json::Value::array()},
              {"credHelpers", json::Value::array()}, {"credsStore", nullptr},
              {"otherKeys", json::Value::array()}};
  const auto described = host::describe(path);
  if (!described) {
    const bool absent = described.error().kind == ErrorKind::not_found;
    seen.facts.verdict = absent ? "absent" : "unreadable";
    return seen;
  }
  seen.facts.mode = described->mode;
  seen.row["mode"] = fmt::format("{:04o}", described->mode);
  const auto opened = host::open_regular(path);
  const auto content = opened ? host::read_all(*opened, limits::k_config_file_bytes_max)
                              : Result<std::string>(fail(opened.error()));
  if (!content) {
    return seen;
  }
  sink.teach({*content, ContentHint::docker_auth, Teacher::operator_source});
  const AuthFile file = read_auth_file(*content);
  add_content(file, seen);
  if (file.verdict == "unparsable") {
    seen.row["size"] = described->size;
  }
  return seen;
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
      Seen seen = look_at(path, sink);
      seen.row["verdict"] = seen.facts.verdict;
      document["files"].push_back(std::move(seen.row));
      if (seen.facts.verdict != "absent") {
        sink.auth(std::move(seen.facts));
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
