#include "runtime/machine/fingerprint.hpp"

#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/tool_finder.hpp"
#include "host/tools/answer.hpp"
#include "host/tools/nix.hpp"
#include "host/tools/version.hpp"
#include "runtime/machine/shared_paths.hpp"

namespace sourceos::runtime {

namespace {

template <class T>
json::Value or_null(const std::optional<T>& value) {
  return value ? json::Value(*value) : json::Value(nullptr);
}

json::Value word_or_null(const std::string& word) {
  return word.empty() ? json::Value(nullptr) : json::Value(word);
}

class Taker {
 public:
  explicit Taker(const FingerprintQuestion& question)
      : question_(question),
        environment_(question.host.environment),
        profile_(question.effective.profile),
        podman_(question.host, question.tools, podman_address(profile_, environment_)) {}

  Result<json::Value> run(std::vector<PodmanAnswer>& answers) {
    json::Value document = {
        {"type", "AgentMachineFingerprint"},
        {"specVersion", "2.3.0"},
        {"capturedAt", format_seconds(question_.host.clock.now())},
        {"machineRef", fmt::format("urn:srcos:agent-machine:{}", question_.host_tag)},
        {"profileRef", nullptr},
        {"workspaceId", nullptr},
        {"host", host_part()},
        {"podman", podman_part()},
        {"image", image_part()},
        {"git", git_part()},
        {"nix", nix_part()},
        {"mounts", mounts_part()},
        {"policyHash", question_.policy_hash},
        {"profileHash", nullptr},
        {"toolVersions", tools_part()},
        {"doorRefs", question_.door_refs},
        {"redaction",
         {{"hostUserRedacted", true}, {"hostnameRedacted", true}, {"secretLikeValuesRedacted", 0}}},
        {"evidenceRefs", json::Value::array()}};
    if (question_.profile != nullptr) {
      document["profileRef"] = profile_.id;
      document["workspaceId"] = profile_.agent_plane.workspace_id;
      document["profileHash"] = question_.profile->hash;
    }
    judge(document);
    SOURCEOS_TRY_ASSIGN(const std::string hash, fingerprint_hash(document));
    document["fingerprintHash"] = hash;
    document["id"] = fmt::format("urn:srcos:agent-machine-fingerprint:{}",
                                 hash.substr(std::string_view("sha256:").size(), 32));
    answers = podman_.answers();
    return document;
  }

 private:
  void unknown(std::string note) {
    is_unknown_ = true;
    notes_.push_back(std::move(note));
  }
  void differs(std::string note) {
    differs_ = true;
    notes_.push_back(std::move(note));
  }

  std::string system_line(std::string_view path, std::string_view key) const {
    const auto text =
        host::read_file(host::system_path(environment_, path), limits::k_config_file_bytes_max);
    if (!text) {
      return {};
    }
    for (const std::string_view line : text::lines(*text)) {
      if (line.starts_with(key)) {
        std::string value(text::trim(line.substr(key.size())));
        std::erase(value, '"');
        return value;
      }
    }
    return {};
  }

  // /etc/os-release is a link on most hosts, and links are not followed: its target is asked too.
  std::string os_version() const {
    const std::string version = system_line("/etc/os-release", "VERSION_ID=");
    return version.empty() ? system_line("/usr/lib/os-release", "VERSION_ID=") : version;
  }

  json::Value host_part() {
    const std::string memory = system_line("/proc/meminfo", "MemTotal:");
    std::uint64_t kib = 0;
    for (const char c : memory) {
      if (c < '0' || c > '9') {
        break;
      }
      kib = kib * 10 + static_cast<std::uint64_t>(c - '0');
    }
    const long cpus = ::sysconf(_SC_NPROCESSORS_CONF);
    return {{"os", environment_.adapter},
            {"osVersion", word_or_null(os_version())},
            {"kernel", word_or_null(system_line("/proc/sys/kernel/osrelease", ""))},
            {"arch", environment_.architecture == "arm64" ? "arm64" : "x86_64"},
            {"hostTag", question_.host_tag},
            {"cpuCount", static_cast<std::uint64_t>(std::max(1L, cpus))},
            {"memoryMiB", kib / 1024}};
  }

  json::Value podman_part() {
    const ProfileRuntime& runtime = profile_.runtime;
    std::optional<std::string> client;
    if (podman_.is_found()) {
      client = podman_.client_version();
    } else {
      unknown("podman: missing");
    }
    machine_.state = "not-applicable";
    if (runtime.uses_machine()) {
      machine_ =
          podman_.is_found() ? podman_.machine(runtime.machine_name.value_or("")) : MachineFacts{};
      if (machine_.state != "running") {
        unknown(fmt::format("machine: {}", machine_.state));
      }
    }
    const bool may_ask =
        podman_.is_found() && (!runtime.uses_machine() || machine_.state == "running");
    if (may_ask) {
      connection_ = podman_.connection();
      if (!connection_.answers) {
        unknown(fmt::format("podman socket: {}", connection_.reason));
      }
    }
    return {{"clientVersion", or_null(client)},
            {"serverVersion", or_null(connection_.server_version)},
            {"mode", runtime.mode},
            {"provider", runtime.provider},
            {"machineName", or_null(runtime.machine_name)},
            {"machineState", machine_.state},
            {"rootless", or_null(connection_.rootless)},
            {"socketReachable", may_ask ? json::Value(connection_.answers) : json::Value(nullptr)},
            {"cgroupVersion", or_null(connection_.cgroup_version)},
            {"ociRuntime", or_null(connection_.oci_runtime)},
            {"vmExposure", vm_exposure(runtime, machine_, question_.deny,
                                       machine_roots(profile_, question_.deny))}};
  }

  json::Value image_part() {
    if (question_.profile == nullptr) {
      return nullptr;
    }
    if (connection_.answers) {
      image_ = podman_.image(profile_.image.reference);
    }
    const auto& wanted = profile_.image.digest;
    const bool has_wanted = wanted && std::find(image_.digests.begin(), image_.digests.end(),
                                                *wanted) != image_.digests.end();
    if (!connection_.answers) {
      unknown("image: not observed");
    } else if (!image_.is_present) {
      differs("image: missing");
    } else if (wanted && !has_wanted) {
      differs("image: another digest than declared");
    }
    json::Value digest = nullptr;
    if (has_wanted) {
      digest = *wanted;
    } else if (!image_.digests.empty()) {
      digest = image_.digests.front();
    }
    return {{"reference", profile_.image.reference},
            {"imageId", word_or_null(image_.id)},
            {"digest", std::move(digest)},
            {"present", image_.is_present}};
  }

  json::Value git_part() const {
    if (!question_.repo_ref) {
      return nullptr;
    }
    const collect::GitFacts git = question_.git.value_or(collect::GitFacts{});
    return {{"repoRef", *question_.repo_ref},
            {"head", or_null(git.head)},
            {"branch", or_null(git.branch)},
            {"dirty", or_null(git.dirty)},
            {"remoteRedacted", or_null(git.remote)}};
  }

  json::Value nix_part() {
    json::Value part = {{"version", nullptr},
                        {"systemGeneration", nullptr},
                        {"homeManagerGeneration", nullptr},
                        {"daemonReachable", nullptr}};
    part["version"] = or_null(version_of("nix"));
    for (const host::NixProfile& profile : host::read_nix_profiles(environment_)) {
      const bool is_system = profile.name == "system" || profile.name == "current-system";
      if (is_system && profile.store_path && part["systemGeneration"].is_null()) {
        part["systemGeneration"] = *profile.store_path;
      }
      if (profile.name == "home-manager" && profile.store_path) {
        part["homeManagerGeneration"] = *profile.store_path;
      }
    }
    if (host::has_nix_store(environment_)) {
      const auto socket =
          host::describe(host::system_path(environment_, "/nix/var/nix/daemon-socket/socket"));
      part["daemonReachable"] = socket.has_value();
    }
    return part;
  }

  json::Value mounts_part() {
    json::Value rows = json::Value::array();
    for (const MountDecision& decision : question_.mounts) {
      const std::string& path = decision.resolved.empty() ? decision.requested : decision.resolved;
      rows.push_back({{"mountId", decision.request.mount_id},
                      {"pathClass", to_string(decision.request.path_class)},
                      {"accessMode", to_string(decision.request.access)},
                      {"agentPath", decision.request.agent_path},
                      {"hostPathRef", shown_host_path(path, question_.deny.places().homes)},
                      {"exists", decision.exists}});
      if (!decision.is_allowed) {
        differs(fmt::format("mount {}: {}", decision.request.mount_id, decision.reason));
      } else if (!decision.exists) {
        differs(fmt::format("mount {}: missing", decision.request.mount_id));
      }
    }
    return rows;
  }

  std::optional<std::string> version_of(const std::string& name) {
    if (!question_.tools.find(name)) {
      return std::nullopt;
    }
    const auto answer = host::ask(question_.host.processes, {name, "--version"});
    if (!answer || !answer->outcome.ok()) {
      return std::nullopt;
    }
    const std::string& output = answer->outcome.output;
    const std::string version =
        name == "podman" ? host::podman_version_in(output) : host::version_in(output);
    return version.empty() ? std::nullopt : std::optional(version);
  }

  json::Value tools_part() {
    json::Value rows = json::Value::array();
    rows.push_back(
        {{"name", "sourceos"}, {"version", question_.toolkit_version}, {"status", "found"}});
    for (const char* name : {"git", "nix", "podman"}) {
      const std::optional<std::string> version = version_of(name);
      const bool is_found = question_.tools.find(name).has_value();
      rows.push_back({{"name", name},
                      {"version", or_null(version)},
                      {"status", version    ? "found"
                                 : is_found ? "error"
                                            : "missing"}});
    }
    return rows;
  }

  void judge(json::Value& document) {
    if (question_.profile == nullptr) {
      unknown("profile: none was named");
    }
    for (const std::string& note : question_.unknowns) {
      unknown(note);
    }
    document["complianceStatus"] = differs_      ? "non-compliant"
                                   : is_unknown_ ? "unknown"
                                                 : "compliant";
    std::sort(notes_.begin(), notes_.end());
    document["complianceNotes"] = notes_;
  }

  const FingerprintQuestion& question_;
  const host::Environment& environment_;
  const Profile& profile_;
  PodmanClient podman_;
  PodmanConnection connection_;
  MachineFacts machine_;
  PodmanImageFacts image_;
  std::vector<std::string> notes_;
  bool is_unknown_ = false;
  bool differs_ = false;
};

}  // namespace

Result<json::Value> take_fingerprint(const FingerprintQuestion& question,
                                     std::vector<PodmanAnswer>& answers) {
  return Taker(question).run(answers);
}

Result<std::string> fingerprint_hash(const json::Value& document) {
  json::Value hashed = document;
  for (const char* key : {"id", "capturedAt", "fingerprintHash", "evidenceRefs"}) {
    hashed.erase(key);
  }
  SOURCEOS_TRY_ASSIGN(const std::string bytes, json::write_canonical(hashed));
  return bundle::sha256(bytes).text();
}

}  // namespace sourceos::runtime
