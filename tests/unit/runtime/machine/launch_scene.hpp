// A launch that is allowed, to change in one place.
#pragma once

#include "runtime/machine/launch_gates.hpp"
#include "tests/unit/runtime/machine/machine_scene.hpp"

namespace sourceos::tests {

struct LaunchScene : MachineScene {
  runtime::LoadedProfile loaded = profile();
  std::string repo = "~/dev/r";
  std::string tool = "local-shell";
  std::vector<std::string> args;
  std::filesystem::path grant;
  std::filesystem::path trust_gate;
  std::string governance;
  bool has_terminal = true;

  LaunchScene() { enable("local-shell"); }

  runtime::ProfileTool& of(const std::string& id) {
    for (runtime::ProfileTool& each : loaded.profile.tools) {
      if (each.tool_id == id) {
        return each;
      }
    }
    return loaded.profile.tools.front();
  }
  void enable(const std::string& id) { of(id).is_enabled = true; }

  runtime::LaunchPlan plan(runtime::LaunchKind kind = runtime::LaunchKind::run) {
    host::ToolFinder tools(fake.host.environment);
    const runtime::DenySet denied = deny();
    return runtime::plan_launch({.host = fake.host,
                                 .tools = tools,
                                 .kind = kind,
                                 .profile = loaded,
                                 .repo = repo,
                                 .tool_id = tool,
                                 .args = args,
                                 .grant_file = grant,
                                 .trust_gate_file = trust_gate,
                                 .governance_ref = governance,
                                 .contract_directories = {},
                                 .deny = denied,
                                 .directory = home,
                                 .session_id = std::string(32, '5'),
                                 .has_terminal = has_terminal});
  }

  std::string reason(runtime::LaunchKind kind = runtime::LaunchKind::run) {
    const runtime::LaunchPlan made = plan(kind);
    return made.refusal ? made.refusal->reason : "";
  }

  bool changed_something() const {
    for (const char* verb : {"create", "init", "start", "rm", "pull", "machine start", "run"}) {
      if (was_asked(verb)) {
        return true;
      }
    }
    return false;
  }
};

}  // namespace sourceos::tests
