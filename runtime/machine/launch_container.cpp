#include "runtime/machine/launch_container.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "host/environment.hpp"
#include "host/host.hpp"
#include "runtime/machine/secret_detector.hpp"

namespace sourceos::runtime {

namespace fs = std::filesystem;

namespace {

class Maker {
 public:
  Maker(const LaunchQuestion& question, const Profile& profile, const ProfileTool* tool,
        bool is_rootful, LaunchPlan& plan)
      : question_(question),
        environment_(question.host.environment),
        profile_(profile),
        tool_(tool),
        is_rootful_(is_rootful),
        plan_(plan) {}

  void run() {
    ContainerPlan& container = plan_.container;
    container.network =
        tool_ != nullptr && tool_->network == "none" ? "none" : profile_.runtime.network;
    container.userns = is_rootful_ ? "" : profile_.runtime.userns;
    container.add_capabilities = profile_.security.add_capabilities;
    container.read_only_rootfs = profile_.security.read_only_rootfs;
    container.is_interactive = question_.kind == LaunchKind::shell;
    container.workdir = plan_.mounts.front().request.agent_path;
    container.argv = inside_argv();
    add_environment();
    add_labels();
    for (const MountDecision& mount : plan_.mounts) {
      add_bind(mount);
    }
    if (!plan_.is_local) {
      plan_.non_claims.emplace_back(
          "What the container mounts is as its machine tells it; it was not compared with this "
          "host's directories.");
    }
  }

 private:
  std::vector<std::string> inside_argv() const {
    if (question_.kind == LaunchKind::run) {
      std::vector<std::string> argv = tool_->command;
      argv.insert(argv.end(), question_.args.begin(), question_.args.end());
      return argv;
    }
    if (!question_.shell_command.empty()) {
      return {question_.shell_command};
    }
    const ProfileTool* shell = profile_.tool("local-shell");
    return shell != nullptr ? shell->command : std::vector<std::string>{"/bin/sh"};
  }

  void add_environment() {
    SecretDetector secrets;
    for (const std::string& name : profile_.environment_allow) {
      const std::string* value = host::find_variable(environment_, name);
      if (value == nullptr || name == "CONTAINER_HOST") {
        continue;  // that one is for the Podman client, which reads it itself
      }
      if (secrets.is_secret(*value)) {
        plan_.warnings.push_back(
            fmt::format("environment: {} looks like a secret and is left out", name));
        continue;
      }
      plan_.container.environment.emplace_back(name, *value);
    }
    for (const NamedValue& each : profile_.environment_set) {
      std::erase_if(plan_.container.environment,
                    [&](const NamedValue& there) { return there.first == each.first; });
      plan_.container.environment.push_back(each);
    }
    std::sort(plan_.container.environment.begin(), plan_.container.environment.end());
  }

  void add_labels() {
    std::vector<NamedValue>& labels = plan_.container.labels;
    labels = {{"ai.srcos.bundle.parent", question_.bundle_parent},
              {"ai.srcos.profile", profile_.id},
              {"ai.srcos.session.class", plan_.session_class},
              {"ai.srcos.session.id", question_.session_id},
              {"ai.srcos.workspace", profile_.agent_plane.workspace_id}};
    if (tool_ != nullptr) {
      labels.emplace_back("ai.srcos.tool", tool_->tool_id);
    }
  }

  void add_bind(const MountDecision& mount) {
    const bool is_windows = environment_.adapter == "windows";
    PlannedBind bind{.source = is_windows ? wsl_path(mount.resolved) : mount.resolved,
                     .target = mount.request.agent_path,
                     .is_read_only = !is_writable(mount.access),
                     .options = bind_options(mount, profile_.security.selinux_relabel),
                     .pin = mount.pin};
    plan_.container.binds.push_back(std::move(bind));
    for (const ShieldedPart& part : mount.shield) {
      const std::string source = (fs::path(mount.resolved) / part.path).string();
      std::vector<std::string> options = {"nodev", "nosuid"};
      if (part.is_read_only) {
        options.insert(options.begin(), "ro=true");
      }
      plan_.container.binds.push_back(
          {.source = is_windows ? wsl_path(source) : source,
           .target = (fs::path(mount.request.agent_path) / part.path).string(),
           .is_read_only = part.is_read_only,
           .options = std::move(options),
           .pin = part.pin});
    }
  }

  const LaunchQuestion& question_;
  const host::Environment& environment_;
  const Profile& profile_;
  const ProfileTool* tool_;
  bool is_rootful_;
  LaunchPlan& plan_;
};

}  // namespace

void plan_container(const LaunchQuestion& question, const Profile& profile, const ProfileTool* tool,
                    bool is_rootful, LaunchPlan& plan) {
  Maker(question, profile, tool, is_rootful, plan).run();
}

}  // namespace sourceos::runtime
