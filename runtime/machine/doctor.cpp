#include "runtime/machine/doctor.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/tool_finder.hpp"
#include "host/tools/answer.hpp"
#include "host/tools/nix.hpp"
#include "runtime/machine/doctor_repo.hpp"
#include "runtime/machine/profile_rules.hpp"
#include "runtime/machine/real_path.hpp"
#include "runtime/machine/shared_paths.hpp"
#include "runtime/machine/subids.hpp"

namespace sourceos::runtime {

namespace fs = std::filesystem;

namespace {

template <class T>
json::Value or_null(const std::optional<T>& value) {
  return value ? json::Value(*value) : json::Value(nullptr);
}

std::string major_of(std::string_view version) {
  return std::string(version.substr(0, version.find('.')));
}

class Doctor {
 public:
  explicit Doctor(const DoctorQuestion& question)
      : question_(question),
        environment_(question.host.environment),
        profile_(question.profile.profile),
        podman_(question.host, question.tools, podman_address(profile_, environment_)) {}

  DoctorReport run() {
    report_.uses_machine = profile_.runtime.uses_machine();
    check_host();
    check_podman();
    check_machine();
    check_socket();
    check_version_pair();
    check_git();
    check_nix();
    check_repos();
    check_exposure();
    check_store();
    report_.checks = std::move(checks_);
    report_.answers = podman_.answers();
    return std::move(report_);
  }

 private:
  void check_host() {
    const json::Value release = host_release();
    checks_.add("host.os", "pass", environment_.adapter, release);
    const bool is_known =
        environment_.architecture == "arm64" || environment_.architecture == "x86_64";
    const bool fits =
        profile_.host_arch == "any" || profile_.host_arch == environment_.architecture;
    const json::Value observed = {{"arch", environment_.architecture},
                                  {"profile", profile_.host_arch}};
    if (!is_known) {
      checks_.add("host.arch", "fail", "expected arm64 or x86_64", observed).reason = "arch-unsupported";
    } else {
      MachineCheck& check =
          checks_.add("host.arch", fits ? "pass" : "warn", environment_.architecture, observed);
      check.reason = fits ? "" : "arch-differs";
    }
  }

  json::Value host_release() {
    json::Value release = {{"family", environment_.adapter}, {"version", nullptr}};
    // /etc/os-release is a link on most hosts, and links are not followed.
    auto text = host::read_file(host::system_path(environment_, "/etc/os-release"),
                                limits::k_config_file_bytes_max);
    if (!text) {
      text = host::read_file(host::system_path(environment_, "/usr/lib/os-release"),
                             limits::k_config_file_bytes_max);
    }
    if (environment_.adapter == "linux" && text) {
      for (const std::string_view line : text::lines(*text)) {
        if (line.starts_with("VERSION_ID=")) {
          std::string version(line.substr(line.find('=') + 1));
          std::erase(version, '"');
          release["version"] = version;
        }
      }
    }
    return release;
  }

  std::string install_hint() const {
    return environment_.adapter == "macos"     ? "brew install podman"
           : environment_.adapter == "windows" ? "winget install RedHat.Podman"
                                               : "sudo apt-get install podman";
  }

  void check_podman() {
    if (!podman_.is_found()) {
      MachineCheck& check = checks_.add("podman.cli", "fail", "podman is not on PATH");
      check.reason = "podman-missing";
      check.remediation = install_hint();
      checks_.blocked("podman.version", "podman.cli");
      return;
    }
    MachineCheck& cli =
        checks_.add("podman.cli", podman_.is_outside_path() ? "warn" : "pass",
            podman_.is_outside_path() ? "podman is installed outside PATH" : "podman is there",
            {{"path", podman_path()}});
    if (podman_.is_outside_path()) {
      cli.reason = "outside-path";
      cli.remediation = fmt::format("export PATH=\"$PATH:{}\"",
                                    fs::path(podman_.program()).parent_path().string());
    }
    check_client_version();
  }

  std::string podman_path() {
    const auto tool = question_.tools.find("podman");
    return tool ? tool->path.string() : podman_.program();
  }

  void check_client_version() {
    const std::string least = profile_.runtime.least_podman_version();
    const PodmanVersion found = podman_.client_version_of(least);
    client_version_ = found.version;
    const json::Value observed = {{"client", or_null(client_version_)}, {"minimum", least}};
    if (!found.reason.empty()) {
      MachineCheck& check = checks_.add("podman.version", "fail", found.message, observed);
      check.reason = found.reason;
      check.remediation = found.reason == "podman-too-old" ? install_hint() : "";
    } else {
      checks_.add("podman.version", "pass", *client_version_, observed);
    }
  }

  void check_machine() {
    if (!profile_.runtime.uses_machine()) {
      return checks_.skip("podman.machine", "not-applicable", "native mode has no machine");
    }
    if (environment_.adapter == "linux" && environment_.uid == 0 && !environment_.test_seams) {
      return checks_.skip("podman.machine", "not-applicable", "podman machine does not run as root");
    }
    if (checks_.has_failed("podman.cli")) {
      return checks_.blocked("podman.machine", "podman.cli");
    }
    const std::string name = profile_.runtime.machine_name.value_or("");
    report_.machine = podman_.machine(name);
    const std::string& state = report_.machine.state;
    const json::Value observed = {
        {"name", name}, {"state", state}, {"running", report_.machine.running_count}};
    if (state == "running") {
      const bool several = report_.machine.running_count > 1;
      MachineCheck& check = checks_.add("podman.machine", several ? "warn" : "pass",
                                several ? "several machines run" : "the machine runs", observed);
      check.reason = several ? "several-running" : "";
      return;
    }
    MachineCheck& check =
        checks_.add("podman.machine", "fail", fmt::format("machine '{}' is {}", name, state), observed);
    check.reason = state == "absent"                         ? "machine-absent"
                   : state == "stopped"                      ? "machine-stopped"
                   : podman_.answers().back().is_timed_out() ? "probe-timeout"
                                                             : "machine-" + state;
    check.remediation = "sourceosctl agent-machine start";
  }

  void check_socket() {
    for (const char* cause : {"podman.cli", "podman.machine"}) {
      if (checks_.has_failed(cause)) {
        return checks_.blocked("podman.socket", cause);
      }
    }
    connection_ = podman_.connection();
    const std::optional<SubIds> ids = sub_ids();
    const json::Value observed = {
        {"subuids", ids ? json::Value(ids->users) : json::Value(nullptr)},
        {"subgids", ids ? json::Value(ids->groups) : json::Value(nullptr)},
        {"answers", connection_.answers},
        {"rootless", or_null(connection_.rootless)},
        {"containerHost", leaves_out_container_host(profile_, environment_)  ? "ignored"
                          : podman_address(profile_, environment_).container_host.empty()
                              ? "not-set"
                              : "passed"}};
    if (!connection_.answers) {
      MachineCheck& check = checks_.add("podman.socket", "fail", "podman does not answer", observed);
      check.reason = connection_.reason;
      check.remediation =
          connection_.reason == "connection-unknown" ? "podman system connection list"
          : profile_.runtime.uses_machine()          ? "podman machine stop && podman machine start"
                                                     : "podman info";
    } else if (connection_.rootless == false) {
      MachineCheck& check = checks_.add("podman.socket", "warn", "podman answers as rootful", observed);
      check.reason = "rootful";
    } else if (ids && !ids->are_enough()) {
      MachineCheck& check =
          checks_.add("podman.socket", "warn",
              "podman answers; expected 65536 ids in /etc/subuid and /etc/subgid, there are fewer",
              observed);
      check.reason = "subids-missing";
      check.remediation =
          "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 \"$USER\"";
    } else {
      checks_.add("podman.socket", "pass", "podman answers", observed);
    }
  }

  // Native rootless Linux only: a machine has its own.
  std::optional<SubIds> sub_ids() const {
    const bool is_native = environment_.adapter == "linux" && !profile_.runtime.uses_machine();
    return is_native && environment_.uid != 0 ? std::optional(read_sub_ids(environment_))
                                              : std::nullopt;
  }

  void check_version_pair() {
    MachineCheck* const found = checks_.find("podman.version");
    const bool differ = client_version_ && connection_.server_version && found->status == "pass" &&
                        major_of(*client_version_) != major_of(*connection_.server_version);
    if (differ) {
      found->status = "warn";
      found->reason = "server-differs";
      found->detail =
          fmt::format("client {}, server {}", *client_version_, *connection_.server_version);
    }
  }

  void check_tool(const char* id, const char* name, bool is_needed) {
    if (!question_.tools.find(name)) {
      MachineCheck& check =
          checks_.add(id, is_needed ? "fail" : "warn", fmt::format("{} is not on PATH", name));
      check.reason = fmt::format("{}-missing", name);
      return;
    }
    const auto answer = host::ask(question_.host.processes, {name, "--version"});
    const bool answers = answer && answer->outcome.ok();
    const std::string words =
        answers ? std::string(text::trim(host::as_text(answer->outcome).output)) : "";
    MachineCheck& check = checks_.add(id,
                              answers     ? "pass"
                              : is_needed ? "fail"
                                          : "warn",
                              answers ? words : fmt::format("{} does not say its version", name),
                              {{"version", words}});
    check.reason = answers ? ""
                   : answer && answer->outcome.end == host::ProcessEnd::timed_out
                       ? "probe-timeout"
                       : "version-unknown";
  }

  void check_git() { check_tool("git.cli", "git", !question_.repos.empty()); }

  void check_nix() {
    check_tool("nix.cli", "nix", false);
    json::Value profiles = json::Value::array();
    for (const host::NixProfile& profile : host::read_nix_profiles(environment_)) {
      profiles.push_back({{"name", profile.name}, {"storePath", or_null(profile.store_path)}});
    }
    const auto daemon =
        host::describe(host::system_path(environment_, "/nix/var/nix/daemon-socket/socket"));
    json::Value observed = {{"daemonSocket", daemon.has_value()},
                            {"profiles", std::move(profiles)}};
    checks_.find("nix.cli")->observed = observed.dump();
  }

  void check_repos() {
    if (question_.repos.empty()) {
      checks_.skip("repo.readable", "not-applicable", "no repository was named");
      checks_.skip("repo.policy", "not-applicable", "no repository was named");
      return;
    }
    for (const std::string& repo : question_.repos) {
      report_.decisions.push_back(check_repo(checks_, question_, repo));
    }
  }

  void check_exposure() {
    if (!profile_.runtime.uses_machine()) {
      return checks_.skip("machine.exposure", "not-applicable", "native mode has no machine");
    }
    if (checks_.has_failed("podman.cli") || checks_.has_failed("podman.machine")) {
      return checks_.blocked("machine.exposure",
                     checks_.has_failed("podman.cli") ? "podman.cli" : "podman.machine");
    }
    const std::vector<std::string> roots = machine_roots(profile_, question_.policy.deny);
    const std::string exposure =
        vm_exposure(profile_.runtime, report_.machine, question_.policy.deny, roots);
    const bool is_wide = exposure != "declared-roots" && exposure != "not-applicable";
    MachineCheck& check = checks_.add("machine.exposure", is_wide ? "warn" : "pass", exposure,
                              {{"exposure", exposure}, {"shared", report_.machine.shared_paths}});
    check.reason = is_wide ? exposure : "";
  }

  void check_store() {
    const auto facts = host::describe(question_.store);
    const json::Value observed = {{"exists", facts.has_value()}};
    fs::path at = question_.store;
    while (!host::describe(at) && at.has_relative_path()) {
      at = at.parent_path();
    }
    const bool is_foreign = facts && facts->uid != environment_.uid;
    if (::access(at.c_str(), W_OK) != 0 || is_foreign ||
        (facts && facts->kind != host::FileKind::directory)) {
      checks_.add("evidence.store", "fail", "the evidence store cannot be written", observed).reason =
          "store-unwritable";
      return;
    }
    for (const char* name : {"bundle", "log"}) {
      for (const char* ending : {".key", ".key.json", ""}) {
        const auto key =
            host::describe(environment_.config_root / "keys" / (std::string(name) + ending));
        if (key && key->kind == host::FileKind::regular && (key->mode & 077U) != 0) {
          MachineCheck& check =
              checks_.add("evidence.store", "fail", "a signing key can be read by others", observed);
          check.reason = "key-permissions";
          check.remediation = "chmod 600 the key";
          return;
        }
      }
    }
    checks_.add("evidence.store", "pass",
        facts ? "the store can be written" : "the store is made at first use", observed);
  }

  const DoctorQuestion& question_;
  const host::Environment& environment_;
  const Profile& profile_;
  PodmanClient podman_;
  std::optional<std::string> client_version_;
  PodmanConnection connection_;
  MachineChecks checks_;
  DoctorReport report_;
};

}  // namespace

DoctorReport run_doctor(const DoctorQuestion& question) { return Doctor(question).run(); }

}  // namespace sourceos::runtime
