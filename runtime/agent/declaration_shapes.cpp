#include "runtime/agent/declaration_shapes.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "core/json/json.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

std::unexpected<Error> invalid(std::string message) {
  return fail(ErrorKind::malformed, "invalid-declaration", std::move(message));
}

// Moves `from` in `group` to `to` in `target`; both at once are two shapes in one record.
Status move_field(json::Value& group, const char* from, json::Value& target, const char* to,
                  const std::string& name) {
  const auto found = group.find(from);
  if (found == group.end()) {
    return {};
  }
  if (target.contains(to)) {
    return invalid(fmt::format("'{}' has both input shapes: '{}' is said twice", name, to));
  }
  target[to] = *found;
  group.erase(found);
  return {};
}

json::Value& group_of(json::Value& record, const char* name) {
  json::Value& group = record[name];
  if (group.is_null()) {
    group = json::Value::object();
  }
  return group;
}

Status lift_container(json::Value& record, const std::string& file) {
  json::Value& container = record["container"];
  if (!container.is_object()) {
    return invalid("expected 'container' to be an object");
  }
  for (const char* plain : {"image", "sourceImage", "containerName"}) {
    if (record.contains(plain)) {
      return invalid(fmt::format("'{}' has both input shapes: 'container' and '{}'", file, plain));
    }
  }
  SOURCEOS_TRY(move_field(container, "name", record, "containerName", file));
  SOURCEOS_TRY(move_field(container, "runtimeImage", record, "image", file));
  SOURCEOS_TRY(move_field(container, "sourceImage", record, "sourceImage", file));
  if (container.contains("pullPolicy")) {
    SOURCEOS_TRY(move_field(container, "pullPolicy", group_of(record, "podman"), "pull", file));
  }
  if (container.empty()) {
    record.erase("container");
  }
  return {};
}

// `logs.directory` with `logs.app` as a name in it; the other two stand beside it.
Status lift_logs(json::Value& record, Platform platform) {
  json::Value& logs = record["logs"];
  if (!logs.is_object() || !logs.at("directory").is_string()) {
    return invalid("expected 'logs.directory' to be a string");
  }
  const fs::path directory = logs.at("directory").get<std::string>();
  const bool has_app = logs.contains("app") && logs.at("app").is_string();
  const std::string app = has_app ? logs.at("app").get<std::string>()
                                  : record.value("name", std::string("agent")) + ".log";
  const bool is_path = app.starts_with('/') || app.starts_with('~') || app.starts_with('$');
  const fs::path whole = is_path ? fs::path(app) : directory / app;
  const fs::path stem = directory / whole.stem();
  const bool macos = platform == Platform::macos;
  if (!logs.contains("stdout")) {
    logs["stdout"] = stem.string() + (macos ? ".launchd.out.log" : ".out.log");
  }
  if (!logs.contains("stderr")) {
    logs["stderr"] = stem.string() + (macos ? ".launchd.err.log" : ".err.log");
  }
  logs["app"] = whole.string();
  logs.erase("directory");
  return {};
}

Status lift_launchd(json::Value& record, const std::string& file) {
  json::Value* launchd = nullptr;
  if (record.contains("macos") && record["macos"].is_object() &&
      record["macos"].contains("launchd") && record["macos"]["launchd"].is_object()) {
    launchd = &record["macos"]["launchd"];
  }
  if (launchd == nullptr || (!launchd->contains("runAtLoad") && !launchd->contains("keepAlive"))) {
    return {};
  }
  json::Value& lifecycle = group_of(record, "lifecycle");
  SOURCEOS_TRY(move_field(*launchd, "runAtLoad", lifecycle, "runAtLoad", file));
  return move_field(*launchd, "keepAlive", lifecycle, "keepAlive", file);
}

// systemd's word for restarting becomes ours: what restarts at all restarts within a bound.
Status lift_systemd(json::Value& record, json::Value& extra, const std::string& file) {
  if (!record.contains("linux") || !record["linux"].is_object()) {
    return {};
  }
  json::Value& linux_group = record["linux"];
  for (const char* name : {"restartSec", "startLimitIntervalSec"}) {
    SOURCEOS_TRY(move_field(linux_group, name, extra, name, file));
  }
  if (linux_group.contains("startLimitBurst")) {
    SOURCEOS_TRY(move_field(linux_group, "startLimitBurst", group_of(record, "lifecycle"),
                            "maxRestartsPerHour", file));
  }
  if (linux_group.contains("restart")) {
    SOURCEOS_TRY(move_field(linux_group, "restart", group_of(record, "lifecycle"), "restart", file));
    json::Value& word = record["lifecycle"]["restart"];
    if (word == "no") {
      word = "manual";
    } else if (word == "on-failure" || word == "on-abnormal") {
      word = "bounded";
    }
  }
  return {};
}

}  // namespace

Status unify_shapes(json::Value& record, json::Value& extra, Platform platform,
                    const std::string& file) {
  if (record.contains("container")) {
    SOURCEOS_TRY(lift_container(record, file));
  }
  if (record.contains("logs") && record["logs"].is_object() && record["logs"].contains("directory")) {
    SOURCEOS_TRY(lift_logs(record, platform));
  }
  SOURCEOS_TRY(lift_launchd(record, file));
  return lift_systemd(record, extra, file);
}

}  // namespace sourceos::runtime
