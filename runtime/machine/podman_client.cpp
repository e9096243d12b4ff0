#include "runtime/machine/podman_client.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/tool_finder.hpp"
#include "host/tools/answer.hpp"
#include "host/tools/version.hpp"

namespace sourceos::runtime {

namespace {

constexpr json::Bounds k_bounds{host::k_answer_bytes_max, 64};
constexpr auto k_macos_places = std::to_array<std::string_view>(
    {"/opt/homebrew/bin/podman", "/usr/local/bin/podman", "/opt/podman/bin/podman"});

std::string text_of(const json::Value& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string()
             ? found->get<std::string>()
             : std::string();
}

const json::Value& part_of(const json::Value& object, const char* key) {
  static const json::Value nothing;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : nothing;
}

bool flag_of(const json::Value& object, const char* key) {
  const json::Value& value = part_of(object, key);
  return value.is_boolean() && value.get<bool>();
}

std::optional<std::string> non_empty(std::string text) {
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

void add_shared_paths(const json::Value& mounts, MachineFacts& facts) {
  if (!mounts.is_array()) {
    return;
  }
  facts.exposure_known = true;
  for (const json::Value& mount : mounts) {
    if (std::string source = text_of(mount, "Source"); !source.empty()) {
      facts.shared_paths.push_back(std::move(source));
    }
  }
}

}  // namespace

json::Value answer_json(std::string_view output) {
  auto value = json::parse(output, k_bounds);
  return value ? std::move(*value) : json::Value(nullptr);
}

json::Value inspected(std::string_view output) {
  json::Value value = answer_json(output);
  if (value.is_array() && !value.empty()) {
    json::Value first = value.front();
    value = std::move(first);
  }
  return value.is_object() ? value : json::Value::object();
}

std::string connection_reason(const host::ProcessOutcome& outcome) {
  if (outcome.end == host::ProcessEnd::missing) {
    return "podman-missing";
  }
  if (outcome.end == host::ProcessEnd::timed_out) {
    return "probe-timeout";
  }
  const std::string words = text::ascii_lower(outcome.error_output + outcome.output);
  const auto says = [&](std::string_view part) { return words.find(part) != std::string::npos; };
  if (says("service destination not found") || says("connection not found") ||
      (says("destination") && says("not found"))) {
    return "connection-unknown";
  }
  if (says("connection refused") || says("unable to connect to podman socket") ||
      says("cannot connect to podman")) {
    return "socket-refused";
  }
  return "podman-error";
}

json::Value as_probe_entry(const PodmanAnswer& answer) {
  return {{"probe", answer.name},
          {"argv", answer.argv},
          {"status", answer.outcome.status},
          {"timedOut", answer.is_timed_out()},
          {"missing", answer.is_missing()},
          {"truncated", answer.outcome.truncated},
          {"output", answer.outcome.output},
          {"errorOutput", answer.outcome.error_output}};
}

std::vector<std::pair<std::string, std::string>> PodmanAddress::environment() const {
  if (container_host.empty()) {
    return {};
  }
  return {{"CONTAINER_HOST", container_host}};
}

bool PodmanAddress::is_local() const {
  return connection.empty() && (container_host.empty() || container_host.starts_with("unix://"));
}

PodmanClient::PodmanClient(host::Host& host, host::ToolFinder& tools, PodmanAddress address)
    : host_(host), address_(std::move(address)) {
  if (tools.find("podman")) {
    program_ = "podman";  // the same finder resolves it
    return;
  }
  if (host.environment.adapter != "macos") {
    return;
  }
  for (const std::string_view place : k_macos_places) {
    const std::filesystem::path path = host::system_path(host.environment, place);
    if (host::describe(path)) {
      program_ = path.string();
      is_outside_path_ = true;
      return;
    }
  }
}

std::vector<std::string> PodmanClient::command(std::vector<std::string> words, Reach reach) const {
  std::vector<std::string> argv = {program_.empty() ? "podman" : program_};
  if (reach == Reach::connection && !address_.connection.empty()) {
    argv.insert(argv.end(), {"--connection", address_.connection});
  }
  std::move(words.begin(), words.end(), std::back_inserter(argv));
  return argv;
}

PodmanAnswer PodmanClient::ask(std::string_view name, std::vector<std::string> words, Reach reach,
                               std::uint64_t timeout_ms) {
  PodmanAnswer answer{std::string(name), command(std::move(words), reach), {}};
  host::ProcessRequest request;
  request.argv = answer.argv;
  request.environment = host::plain_locale();
  for (auto& variable : address_.environment()) {
    request.environment.push_back(std::move(variable));
  }
  request.timeout_ms = timeout_ms;
  request.output_bytes_max = host::k_answer_bytes_max;
  auto outcome = host_.processes.run(request);
  if (outcome) {
    answer.outcome = host::as_text(std::move(*outcome));
  } else {
    answer.outcome.end = host::ProcessEnd::missing;
    answer.outcome.status = 127;
    answer.outcome.error_output = outcome.error().read_out();
  }
  answers_.push_back(answer);
  return answer;
}

std::optional<std::string> PodmanClient::client_version() {
  const PodmanAnswer answer = ask("version", {"--version"}, Reach::local);
  return answer.ok() ? non_empty(host::podman_version_in(answer.outcome.output)) : std::nullopt;
}

PodmanVersion PodmanClient::client_version_of(const std::string& least) {
  PodmanVersion found{client_version(), "", ""};
  if (!found.version) {
    found.reason = answers_.back().is_timed_out() ? "probe-timeout" : "version-unknown";
    found.message = "podman does not say its version";
  } else if (host::is_older_version(*found.version, least)) {
    found.reason = "podman-too-old";
    found.message = fmt::format("expected {} or later, there is {}", least, *found.version);
  }
  return found;
}

PodmanConnection PodmanClient::connection() {
  PodmanConnection connection;
  const PodmanAnswer answer = ask("info", {"info", "--format", "json"});
  if (!answer.ok()) {
    connection.reason = connection_reason(answer.outcome);
    return connection;
  }
  const json::Value info = answer_json(answer.outcome.output);
  if (!info.is_object()) {
    connection.reason = "podman-error";
    return connection;
  }
  connection.answers = true;
  const json::Value& host = part_of(info, "host");
  const json::Value& rootless = part_of(part_of(host, "security"), "rootless");
  if (rootless.is_boolean()) {
    connection.rootless = rootless.get<bool>();
  }
  connection.server_version = non_empty(text_of(part_of(info, "version"), "Version"));
  connection.cgroup_version = non_empty(text_of(host, "cgroupVersion"));
  connection.oci_runtime = non_empty(text_of(part_of(host, "ociRuntime"), "name"));
  return connection;
}

MachineFacts PodmanClient::machine(const std::string& name) {
  MachineFacts facts;
  const PodmanAnswer list =
      ask("machine-list", {"machine", "list", "--format", "json"}, Reach::local);
  const json::Value rows = list.ok() ? answer_json(list.outcome.output) : json::Value(nullptr);
  bool is_listed = false;
  for (const json::Value& row : rows.is_array() ? rows : json::Value::array()) {
    facts.running_count += flag_of(row, "Running") ? 1U : 0U;
    std::string listed = text_of(row, "Name");
    if (listed.ends_with('*')) {  // older clients mark the default one
      listed.pop_back();
    }
    if (listed == name) {
      is_listed = true;
      facts.vm_type = text_of(row, "VMType");
      facts.state = flag_of(row, "Running")    ? "running"
                    : flag_of(row, "Starting") ? "starting"
                                               : "stopped";
    }
  }
  const PodmanAnswer answer = ask("machine-inspect", {"machine", "inspect", name}, Reach::local);
  if (answer.ok()) {
    const json::Value machine = inspected(answer.outcome.output);
    const std::string state = text::ascii_lower(text_of(machine, "State"));
    if (state == "running" || state == "stopped" || state == "starting") {
      facts.state = state;
    } else if (!is_listed) {
      facts.state = "unknown";
    }
    add_shared_paths(part_of(machine, "Mounts"), facts);
    const std::string config = text_of(part_of(machine, "ConfigPath"), "Path");
    if (const auto text = host::read_file(config, limits::k_config_file_bytes_max);
        !facts.exposure_known && !config.empty() && text) {
      add_shared_paths(part_of(answer_json(*text), "Mounts"), facts);
    }
  } else if (!is_listed) {
    // An absent name is exit 125; a client that was stopped or is missing said nothing.
    const bool said = answer.outcome.end == host::ProcessEnd::exited || rows.is_array();
    facts.state = said ? "absent" : "unknown";
  }
  return facts;
}

PodmanImageFacts PodmanClient::image(const std::string& reference) {
  PodmanImageFacts facts;
  const PodmanAnswer exists = ask("image-exists", {"image", "exists", reference});
  if (!exists.ok()) {
    const bool is_absent =
        exists.outcome.end == host::ProcessEnd::exited && exists.outcome.status == 1;
    facts.reason = is_absent ? "" : connection_reason(exists.outcome);
    return facts;
  }
  const PodmanAnswer answer = ask("image-inspect", {"image", "inspect", reference});
  const json::Value image = answer.ok() ? inspected(answer.outcome.output) : json::Value::object();
  facts.is_present = true;
  facts.id = text_of(image, "Id");
  const auto add = [&](std::string_view digest) {
    if (const std::size_t at = digest.rfind("sha256:"); at != std::string_view::npos) {
      facts.digests.emplace_back(digest.substr(at));
    }
  };
  add(text_of(image, "Digest"));
  for (const json::Value& digest : part_of(image, "RepoDigests")) {
    if (digest.is_string()) {
      add(digest.get_ref<const std::string&>());
    }
  }
  for (const json::Value& line : part_of(part_of(image, "Config"), "Env")) {
    if (line.is_string()) {
      facts.environment.push_back(line.get<std::string>());
    }
  }
  return facts;
}

}  // namespace sourceos::runtime
