#include "runtime/machine/mount.hpp"

#include <array>
#include <utility>

#include "core/json/json.hpp"

namespace sourceos::runtime {

namespace {

constexpr auto k_classes = std::to_array<std::pair<std::string_view, PathClass>>({
    {"code", PathClass::code},
    {"documents", PathClass::documents},
    {"downloads", PathClass::downloads},
    {"cache", PathClass::cache},
    {"artifacts", PathClass::artifacts},
    {"media", PathClass::media},
    {"app-bridge", PathClass::app_bridge},
});

constexpr auto k_modes = std::to_array<std::pair<std::string_view, AccessMode>>({
    {"read-only", AccessMode::read_only},
    {"read-write", AccessMode::read_write},
    {"browser-read-write-agent-read-only", AccessMode::browser_read_write_agent_read_only},
    {"write-only-artifacts", AccessMode::write_only_artifacts},
});

template <class Table, class Value>
std::string_view name_in(const Table& table, Value value) {
  for (const auto& [name, each] : table) {
    if (each == value) {
      return name;
    }
  }
  return {};
}

template <class Value, class Table>
std::optional<Value> value_in(const Table& table, std::string_view wanted) {
  for (const auto& [name, each] : table) {
    if (name == wanted) {
      return each;
    }
  }
  return std::nullopt;
}

template <class T>
json::Value or_null(const std::optional<T>& value) {
  return value ? json::Value(*value) : json::Value(nullptr);
}

}  // namespace

std::string_view to_string(PathClass path_class) { return name_in(k_classes, path_class); }
std::string_view to_string(AccessMode access) { return name_in(k_modes, access); }

std::optional<PathClass> path_class_of(std::string_view name) {
  return value_in<PathClass>(k_classes, name);
}
std::optional<AccessMode> access_mode_of(std::string_view name) {
  return value_in<AccessMode>(k_modes, name);
}

bool is_writable(AccessMode access) {
  return access == AccessMode::read_write || access == AccessMode::write_only_artifacts;
}

std::string_view to_string(ScanStatus status) {
  switch (status) {
    case ScanStatus::not_scanned: return "not-scanned";
    case ScanStatus::complete: return "complete";
    case ScanStatus::incomplete: return "scan-incomplete";
  }
  return "not-scanned";
}

std::string shown_host_path(std::string_view path, const std::vector<std::string>& homes) {
  for (const std::string& home : homes) {
    const bool fits = home.size() > 1 && path.starts_with(home) &&
                      (path.size() == home.size() || path[home.size()] == '/');
    if (fits) {
      return "$HOME" + std::string(path.substr(home.size()));
    }
  }
  return std::string(path);
}

json::Value mount_row(const MountDecision& decision, const MountRowFacts& facts) {
  json::Value findings = json::Value::array();
  for (const MountFinding& finding : decision.scan.findings) {
    findings.push_back({{"kind", finding.kind},
                        {"path", finding.path},
                        {"severity", finding.is_denied ? "deny" : "warn"}});
  }
  return {
      {"mountId", decision.request.mount_id},
      {"pathClass", to_string(decision.request.path_class)},
      {"hostPathRef", facts.host_path_ref},
      {"agentPath", decision.request.agent_path},
      {"accessMode", to_string(decision.access)},
      {"storageBackend", facts.storage_backend},
      {"gitRef", or_null(facts.git_ref)},
      {"contentHash", or_null(facts.content_hash)},
      {"secretsProhibited", true},
      {"directExecutionAllowed", decision.request.direct_execution},
      {"existsAtRunStart", decision.exists},
      {"podmanOptions", facts.podman_options},
      {"scan", {{"status", to_string(decision.scan.status)}, {"findings", std::move(findings)}}}};
}

std::string_view storage_backend(std::string_view adapter, bool uses_machine) {
  if (adapter == "windows") {
    return "wsl-bind";
  }
  return uses_machine || adapter == "macos" ? "podman-machine-bind" : "native-bind";
}

}  // namespace sourceos::runtime
