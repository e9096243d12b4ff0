#include "runtime/machine/container_plan.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::string_view k_tmp = "/tmp";
constexpr std::string_view k_tmp_options = "rw,nosuid,nodev,size=256m";

// A CSV field (RFC 4180).
std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string out = "\"";
  for (const char c : text) {
    out += c;
    if (c == '"') {
      out += c;
    }
  }
  return out + "\"";
}

const json::Value& part_of(const json::Value& object, std::string_view key) {
  static const json::Value nothing;
  if (!object.is_object()) {
    return nothing;
  }
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

std::string text_of(const json::Value& object, std::string_view key) {
  const json::Value& value = part_of(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

bool is_set(const json::Value& value) {
  return !value.is_null() && value != false && value != "" && value != 0 &&
         !(value.is_structured() && value.empty());
}

std::vector<std::string> texts_of(const json::Value& list) {
  std::vector<std::string> texts;
  for (const json::Value& item : list.is_array() ? list : json::Value::array()) {
    if (item.is_string()) {
      texts.push_back(item.get<std::string>());
    }
  }
  return texts;
}

std::string capability(std::string_view name) {
  std::string lower = text::ascii_lower(name);
  return lower.starts_with("cap_") ? lower.substr(4) : lower;
}

class Comparison {
 public:
  Comparison(const ContainerPlan& plan, const json::Value& container)
      : plan_(plan),
        container_(container),
        host_(part_of(container, "HostConfig")),
        config_(part_of(container, "Config")) {}

  std::vector<std::string> run() {
    if (!host_.is_object() || !config_.is_object()) {
      return {"container: podman does not describe it"};
    }
    compare_mounts();
    compare_environment();
    compare_network();
    compare_security();
    compare_command();
    return std::move(found_);
  }

 private:
  void differ(std::string words) { found_.push_back(std::move(words)); }

  void compare_mounts() {
    std::set<std::string> expected;
    std::set<std::string> present;
    for (const PlannedBind& bind : plan_.binds) {
      expected.insert(
          fmt::format("bind {} {} {}", bind.source, bind.target, bind.is_read_only ? "ro" : "rw"));
    }
    for (const json::Value& mount : part_of(container_, "Mounts")) {
      present.insert(fmt::format("{} {} {} {}", text_of(mount, "Type"), text_of(mount, "Source"),
                                 text_of(mount, "Destination"),
                                 part_of(mount, "RW") == true ? "rw" : "ro"));
    }
    for (const std::string& mount : present) {
      if (!expected.contains(mount)) {
        differ("mount: " + mount + " was not planned");
      }
    }
    for (const std::string& mount : expected) {
      if (!present.contains(mount)) {
        differ("mount: " + mount + " is missing");
      }
    }
    if (is_set(part_of(host_, "VolumesFrom"))) {
      differ("mount: volumes of other containers");
    }
    for (const auto& [place, options] : part_of(host_, "Tmpfs").items()) {
      if (place != k_tmp && place != "/run" && place != "/var/tmp" && place != "/dev/shm") {
        differ("mount: tmpfs " + place + " was not planned");
      }
    }
  }

  bool is_planned_variable(const std::string& line) const {
    const std::string name = line.substr(0, line.find('='));
    // What Podman always sets itself.
    constexpr auto k_own =
        std::to_array<std::string_view>({"container", "PATH", "HOME", "HOSTNAME", "TERM"});
    const bool is_own = std::find(k_own.begin(), k_own.end(), name) != k_own.end();
    const bool is_of_image =
        std::find(plan_.image_environment.begin(), plan_.image_environment.end(), line) !=
        plan_.image_environment.end();
    return is_own || is_of_image ||
           std::any_of(
               plan_.environment.begin(), plan_.environment.end(),
               [&](const NamedValue& each) { return line == each.first + "=" + each.second; });
  }

  void compare_environment() {
    for (const std::string& line : texts_of(part_of(config_, "Env"))) {
      if (!is_planned_variable(line)) {
        differ("environment: " + line.substr(0, line.find('=')) + " was not planned");
      }
    }
  }

  void compare_network() {
    const std::string mode = text_of(host_, "NetworkMode");
    const bool fits = mode == plan_.network || mode.starts_with(plan_.network + ":") ||
                      (plan_.network == "private" &&
                       (mode == "bridge" || mode == "slirp4netns" || mode == "pasta"));
    if (!fits) {
      differ(fmt::format("network: expected {}, there is {}", plan_.network, mode));
    }
    if (is_set(part_of(host_, "PortBindings"))) {
      differ("network: published ports");
    }
  }

  void compare_security() {
    if (part_of(host_, "Privileged") == true) {
      differ("security: privileged");
    }
    for (const char* key : {"PidMode", "IpcMode", "UTSMode", "CgroupMode"}) {
      const std::string mode = text_of(host_, key);
      if (mode == "host" && std::string_view(key) != "CgroupMode") {
        differ(fmt::format("security: {} host", key));
      }
    }
    if (is_set(part_of(host_, "Devices"))) {
      differ("security: devices");
    }
    if (part_of(host_, "ReadonlyRootfs") != plan_.read_only_rootfs) {
      differ("security: another root file system than planned");
    }
    compare_capabilities();
    compare_security_options();
  }

  void compare_capabilities() {
    std::set<std::string> allowed;
    for (const std::string& name : plan_.add_capabilities) {
      allowed.insert(capability(name));
    }
    for (const char* key : {"EffectiveCaps", "BoundingCaps"}) {
      for (const std::string& name : texts_of(part_of(container_, key))) {
        if (!allowed.contains(capability(name))) {
          differ("security: capability " + name + " was not planned");
        }
      }
    }
    for (const std::string& name : texts_of(part_of(host_, "CapAdd"))) {
      if (!allowed.contains(capability(name))) {
        differ("security: added capability " + name + " was not planned");
      }
    }
  }

  void compare_security_options() {
    const std::vector<std::string> options = texts_of(part_of(host_, "SecurityOpt"));
    const bool has_no_new_privileges =
        std::any_of(options.begin(), options.end(), [](const std::string& option) {
          return option == "no-new-privileges" || option == "no-new-privileges=true" ||
                 option == "no-new-privileges:true";
        });
    if (!has_no_new_privileges) {
      differ("security: no-new-privileges is missing");
    }
    for (const std::string& option : options) {
      if (option.find("disable") != std::string::npos ||
          option.find("unconfined") != std::string::npos || option.starts_with("unmask")) {
        differ("security: option " + option);
      }
    }
  }

  void compare_command() {
    const std::string image = text_of(container_, "Image");
    if (!plan_.image_id.empty() && image != plan_.image_id && "sha256:" + image != plan_.image_id) {
      differ("image: another one than was checked");
    }
    const std::vector<std::string> command = texts_of(part_of(config_, "Cmd"));
    if (command != plan_.argv) {
      differ("command: another one than planned");
    }
    const json::Value& entrypoint = part_of(config_, "Entrypoint");
    const bool is_empty = !is_set(entrypoint) || entrypoint == json::Value::array({""});
    if (!is_empty) {
      differ("command: an entry point");
    }
  }

  const ContainerPlan& plan_;
  const json::Value& container_;
  const json::Value& host_;
  const json::Value& config_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> bind_options(const MountDecision& decision,
                                      std::string_view selinux_relabel) {
  std::vector<std::string> options;
  if (!is_writable(decision.access)) {
    options.emplace_back("ro=true");
  }
  if (!decision.request.direct_execution) {
    options.emplace_back("noexec");
  }
  options.emplace_back("nodev");
  options.emplace_back("nosuid");
  if (!decision.scan.submounts.empty()) {
    options.emplace_back("bind-nonrecursive");
  }
  if (selinux_relabel == "shared") {
    options.emplace_back("relabel=shared");
  }
  return options;
}

std::string mount_argument(const PlannedBind& bind) {
  std::string out =
      "type=bind," + csv_field("src=" + bind.source) + "," + csv_field("dst=" + bind.target);
  for (const std::string& option : bind.options) {
    out += "," + option;
  }
  return out;
}

std::vector<std::string> create_words(const ContainerPlan& plan) {
  std::vector<std::string> words = {"create",
                                    "--pull=never",
                                    "--name",
                                    plan.name,
                                    "--replace=false",
                                    "--http-proxy=false",
                                    "--image-volume=ignore",
                                    "--entrypoint",
                                    "",
                                    "--security-opt",
                                    "no-new-privileges",
                                    "--cap-drop",
                                    "all"};
  const auto add = [&](std::string option, std::string value) {
    words.push_back(std::move(option));
    words.push_back(std::move(value));
  };
  for (const std::string& name : plan.add_capabilities) {
    add("--cap-add", name);
  }
  add("--network", plan.network);
  if (plan.read_only_rootfs) {
    words.emplace_back("--read-only");
    add("--tmpfs", fmt::format("{}:{}", k_tmp, k_tmp_options));
  }
  if (!plan.userns.empty()) {
    add("--userns", plan.userns);
  }
  add("--workdir", plan.workdir);
  for (const auto& [name, value] : plan.environment) {
    add("--env", name + "=" + value);
  }
  for (const auto& [name, value] : plan.labels) {
    add("--label", name + "=" + value);
  }
  for (const PlannedBind& bind : plan.binds) {
    add("--mount", mount_argument(bind));
  }
  if (plan.is_interactive) {
    words.emplace_back("-i");
    words.emplace_back("-t");
  }
  words.push_back(plan.image);
  words.insert(words.end(), plan.argv.begin(), plan.argv.end());
  return words;
}

std::vector<std::string> differences(const ContainerPlan& plan, const json::Value& container) {
  return Comparison(plan, container).run();
}

}  // namespace sourceos::runtime
