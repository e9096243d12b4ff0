// Checks 1 to 10 and 13: the host, and what Podman says.
#include <unistd.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/host.hpp"
#include "host/tools/version.hpp"
#include "runtime/agent/backend_common.hpp"
#include "runtime/agent/credential_helper.hpp"
#include "runtime/agent/declaration_checks.hpp"
#include "runtime/agent/launcher.hpp"
#include "runtime/agent/podman_calls.hpp"
#include "runtime/agent/preflight_run.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_not_podman = "not a Podman agent";

bool ended_in_time(const CommandRun& run, Check& check, std::string_view what, const std::string& fix = {}) {
  if (run.end != host::ProcessEnd::timed_out) {
    return true;
  }
  fail_check(check, "probe-timeout", fmt::format("{} did not answer in time", what),
             fix.empty() ? command_line(run.argv) : fix);
  return false;
}

// Podman itself says that a helper kept it from answering.
bool asked_a_helper(const CommandRun& run, Check& check) {
  if (!says_helper_failure(run.error_output)) {
    return false;
  }
  fail_check(check, "noninteractive-helper-failure", complaint(run),
             "declare auth.mode 'empty-authfile', or take the helper out of the host's configuration");
  return true;
}

}  // namespace

std::vector<std::string> PreflightRun::podman(std::vector<std::string> words) const {
  return podman_argv(d_, std::move(words));
}

// The rootful twin of a machine's connection has "-root" after the machine's name.
std::string PreflightRun::machine_name() const {
  std::string name = d_.connection.value_or("podman-machine-default");
  constexpr std::string_view k_rootful = "-root";
  if (name.ends_with(k_rootful)) {
    name.resize(name.size() - k_rootful.size());
  }
  return name;
}

void PreflightRun::host_platform(Check& check) {
  const std::string& adapter = host_.environment.adapter;
  check.observed = {{"adapter", adapter}, {"architecture", host_.environment.architecture}};
  if (adapter == "macos" || adapter == "linux") {
    pass(check, adapter);
  } else {
    fail_check(check, "host-unsupported", fmt::format("'{}' has no service manager that is known", adapter),
               "use a macOS or Linux host");
  }
}

void PreflightRun::backend_adapter(Check& check) {
  status_ = backend_.status(service_);
  for (const CommandRun& run : status_.commands) {
    result_.probes.push_back(run);
  }
  check.observed = {{"backend", std::string(backend_.name())}, {"state", status_.state}};
  if (status_.reachable) {
    pass(check, std::string(backend_.name()));
    return;
  }
  const bool no_user_manager = status_.unreachable_reason == "systemd-user-unavailable";
  const std::string detail = fmt::format("{} does not answer: {}", backend_.name(), status_.unreachable_reason);
  fail_check(check, no_user_manager ? "systemd-user-unavailable" : "backend-unavailable", detail,
             no_user_manager ? "loginctl enable-linger" : fmt::format("start {}", backend_.name()));
}

void PreflightRun::runtime_available(Check& check) {
  if (is_podman()) {
    pass(check, "podman");
    return;
  }
  if (d_.runtime == AgentRuntime::systemd && platform_of(host_) == Platform::macos) {
    fail_check(check, "runtime-unavailable", "runtime 'systemd' is not on macOS",
               "declare another runtime");
    return;
  }
  const std::string program = d_.command.empty() ? std::string() : d_.command.front();
  const bool in_store = program.starts_with("/nix/");
  const fs::path path = in_store ? host::system_path(host_.environment, program) : fs::path(program);
  std::error_code ignored;
  if (!program.empty() && fs::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0) {
    pass(check, program);
  } else {
    fail_check(check, "runtime-unavailable",
               fmt::format("'{}' is no program that can be executed", program),
               "ls -l " + text::shell_word(program));
  }
}

void PreflightRun::podman_binary(Check& check) {
  if (!is_podman()) {
    skip(check, std::string(k_not_podman));
    return;
  }
  version_ = probe({"podman", "--version"});
  if (version_.end == host::ProcessEnd::missing) {
    fail_check(check, "podman-missing", "no 'podman' on PATH",
               platform_of(host_) == Platform::macos ? "brew install podman"
                                                     : "install the package 'podman'");
    return;
  }
  if (!ended_in_time(version_, check, "podman --version")) {
    return;
  }
  const std::string version = host::podman_version_in(version_.output);
  check.observed = {{"version", version}};
  pass(check, version.empty() ? "found" : "podman " + version);
}

void PreflightRun::podman_version(Check& check) {
  if (!is_podman()) {
    skip(check, std::string(k_not_podman));
    return;
  }
  const std::string version = version_.ok() ? host::podman_version_in(version_.output) : std::string();
  check.observed = {{"version", version}, {"minimum", std::string(k_podman_version_min)}};
  if (version.empty()) {
    fail_check(check, "podman-version",
               "'podman --version' gives no version of Podman: " + complaint(version_),
               "podman --version");
  } else if (host::is_older_version(version, k_podman_version_min)) {
    fail_check(check, "podman-version",
               fmt::format("podman {} is older than {}", version, k_podman_version_min),
               fmt::format("install Podman {} or later", k_podman_version_min));
  } else {
    pass(check, fmt::format("{}, at least {} is needed", version, k_podman_version_min));
  }
}

void PreflightRun::machine_exists(Check& check) {
  if (!is_podman() || !d_.require_machine) {
    skip(check, is_podman() ? "no machine is needed" : std::string(k_not_podman));
    return;
  }
  const std::string name = machine_name();
  CommandRun list = probe({"podman", "machine", "list", "--format", "json"});
  if (!ended_in_time(list, check, "podman machine list")) {
    return;
  }
  const std::optional<MachineAnswer> machine = find_machine(list.output, name);
  const std::string create = fmt::format("podman machine init {}", name);
  if (!list.ok() || !machine) {
    const std::string why = list.ok() ? "" : ": " + complaint(list);
    fail_check(check, "machine-absent", fmt::format("there is no machine '{}'{}", name, why), create);
    return;
  }
  machine_detail_ = machine->state;
  if (machine_detail_.empty()) {
    const CommandRun inspected = probe({"podman", "machine", "inspect", name});
    if (!ended_in_time(inspected, check, "podman machine inspect")) {
      return;
    }
    machine_detail_ = machine_state_in(inspected.output);
  }
  check.observed = {{"machine", name}, {"state", machine_detail_}};
  pass(check, name);
}

void PreflightRun::machine_running(Check& check) {
  if (!is_podman() || !d_.require_machine) {
    skip(check, is_podman() ? "no machine is needed" : std::string(k_not_podman));
    return;
  }
  const std::string name = machine_name();
  check.observed = {{"machine", name}, {"state", machine_detail_}};
  if (machine_detail_ == "running") {
    pass(check, fmt::format("{} is running", name));
  } else {
    fail_check(check, "machine-stopped",
               fmt::format("{} is {}", name, machine_detail_.empty() ? "in no known state"
                                                                     : machine_detail_),
               fmt::format("podman machine start {}", name));
  }
}

void PreflightRun::podman_socket(Check& check) {
  if (!is_podman()) {
    skip(check, std::string(k_not_podman));
    return;
  }
  const CommandRun info = probe(podman({"info", "--format", "json"}));
  if (info.ok()) {
    const bool is_json = json::parse(info.output, k_podman_bounds).has_value();
    check.observed = {{"connection", d_.connection.value_or("local")},
                      {"answer", is_json ? "json" : "not json"}};
    if (is_json || text::trim(info.output).empty()) {
      pass(check, d_.connection ? fmt::format("connection '{}' answers", *d_.connection)
                                : "podman answers");
    } else {
      warn(check, "podman answers, but not with the JSON that was asked for");
    }
    return;
  }
  const std::string again = fmt::format("podman machine stop {0} && podman machine start {0}", machine_name());
  // Asked in the same way it would only hang again; with its log it says at what.
  if (!ended_in_time(info, check, "podman info",
                     d_.require_machine ? again : command_line(podman({"--log-level=debug", "info"})))) {
    return;
  }
  if (asked_a_helper(info, check)) {
    return;
  }
  const bool unknown = says_unknown_connection(info.error_output);
  fail_check(check, unknown ? "connection-unknown" : "socket-refused", complaint(info),
             unknown ? "podman system connection list"
             : d_.require_machine ? again
                                  : command_line(podman({"info"})));
}

void PreflightRun::local_image(Check& check) {
  const bool needed = d_.pull == PullPolicy::never || d_.require_local_image;
  if (!is_podman() || !needed) {
    skip(check, is_podman() ? "no local image is needed" : std::string(k_not_podman));
    return;
  }
  if (d_.image.empty()) {
    fail_check(check, "image-missing", "the declaration names no image", "declare 'image'");
    return;
  }
  const CommandRun exists = probe(podman({"image", "exists", d_.image}));
  if (!ended_in_time(exists, check, "podman image exists")) {
    return;
  }
  check.observed = {{"image", d_.image}};
  if (exists.ok()) {
    pass(check, d_.image);
    return;
  }
  if (asked_a_helper(exists, check)) {
    return;
  }
  const std::string source = d_.source_image.value_or("<source image>");
  fail_check(check, "image-missing", fmt::format("there is no local image '{}'", d_.image),
             command_line(podman({"tag", source, d_.image})));
}

void PreflightRun::image_tag_policy(Check& check) {
  if (!is_podman()) {
    skip(check, std::string(k_not_podman));
    return;
  }
  if (is_local_image(d_.image)) {
    pass(check, d_.image);
    return;
  }
  const bool waived = d_.waiver("image-remote") != nullptr ||
                      d_.waiver("direct-registry-runtime") != nullptr;
  if (waived && !is_google_registry(d_.image)) {
    warn(check, fmt::format("'{}' is remote, allowed by waiver", d_.image));
    return;
  }
  fail_check(check, "image-remote", fmt::format("'{}' is not 'localhost/...'", d_.image),
             command_line(podman({"tag", d_.image, "localhost/" + d_.name + ":local"})));
}

void PreflightRun::container_name(Check& check) {
  if (!is_podman()) {
    skip(check, std::string(k_not_podman));
    return;
  }
  const CommandRun inspected = probe(podman({"container", "inspect", d_.container_name}));
  if (!ended_in_time(inspected, check, "podman container inspect")) {
    return;
  }
  const std::optional<ContainerAnswer> container =
      inspected.ok() ? container_in(inspected.output) : std::nullopt;
  if (inspected.ok() && !container) {
    warn(check, fmt::format("whether there is a container '{}' is not known: podman answers with something else",
                            d_.container_name));
    return;
  }
  if (!container) {
    pass(check, fmt::format("no container '{}'", d_.container_name));
    return;
  }
  check.observed = {{"state", container->state}, {"id", container->id}};
  const std::string tag = owner_tag(places_, d_.name);
  const bool ours = (!container->id.empty() && container->id == state_.container_id) ||
                    (!tag.empty() && container->owner_label == tag);
  constexpr std::array<std::string_view, 5> k_replaceable = {"created", "configured", "initialized",
                                                             "exited", "stopped"};
  if (std::ranges::find(k_replaceable, container->state) != k_replaceable.end()) {
    pass(check, fmt::format("'{}' is {}: it is replaced", d_.container_name, container->state));
  } else if (container->state == "running" && ours) {
    pass(check, fmt::format("'{}' is running and ours", d_.container_name));
  } else if (container->state == "running" || (container->state == "paused" && !ours)) {
    fail_check(check, "container-foreign",
               fmt::format("a container '{}' is {} that this tool did not start",
                           d_.container_name, container->state),
               command_line(podman({"container", "inspect", d_.container_name})));
  } else {
    // One of ours whose monitor was killed stays `stopping` for ever: waiting would be in vain.
    const std::vector<std::string> fix = container->state == "paused" ? std::vector<std::string>{"unpause"}
                                         : ours ? std::vector<std::string>{"rm", "--force"}
                                                : std::vector<std::string>{"wait"};
    std::vector<std::string> words = fix;
    words.push_back(d_.container_name);
    fail_check(check, "container-busy", fmt::format("'{}' is {}", d_.container_name, container->state),
               command_line(podman(std::move(words))));
  }
}

}  // namespace sourceos::runtime
