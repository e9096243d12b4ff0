#include "runtime/machine/launch_doors.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/host.hpp"
#include "runtime/doors/grant.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::uint64_t k_transcript_bytes_max = 64 * limits::k_mib;  // whatever a door says

Status add_grant_row(const Contract& contract, LaunchPlan& plan) {
  SOURCEOS_TRY_ASSIGN(json::Value row, grant_row(contract));
  plan.grants.push_back(std::move(row));
  return {};
}

std::vector<std::string> enabled_doors(const Contract& interfaces) {
  std::vector<std::string> refs;
  for (const json::Value& row : interfaces.document().at("interfaces")) {
    if (row.at("enabled") == true) {
      refs.push_back(row.at("doorRef").get<std::string>());
    }
  }
  std::sort(refs.begin(), refs.end());
  refs.erase(std::unique(refs.begin(), refs.end()), refs.end());
  return refs;
}

}  // namespace

Result<std::vector<std::string>> open_door_refs(
    const host::Environment& environment, const std::vector<std::filesystem::path>& directories,
    const Profile& profile) {
  if (!profile.secure_host_interface_ref) {
    return std::vector<std::string>();
  }
  SOURCEOS_TRY_ASSIGN(const ContractShelf shelf, open_contract_shelf(environment, directories));
  SOURCEOS_TRY_ASSIGN(
      const Contract* interfaces,
      resolve(shelf, *profile.secure_host_interface_ref, "SecureHostInterfaceProfile"));
  return enabled_doors(*interfaces);
}

Status LaunchDoors::open_shelf() {
  if (!shelf_) {
    SOURCEOS_TRY_ASSIGN(
        shelf_, open_contract_shelf(question_.host.environment, question_.contract_directories));
  }
  return {};
}

Status LaunchDoors::open_door(LaunchPlan& plan) {
  SOURCEOS_TRY(open_shelf());
  SOURCEOS_TRY_ASSIGN(
      const Contract* interfaces,
      resolve(*shelf_, *profile_.secure_host_interface_ref, "SecureHostInterfaceProfile"));
  SOURCEOS_TRY(add_grant_row(*interfaces, plan));
  plan.door_refs = enabled_doors(*interfaces);
  const bool is_shell = question_.kind == LaunchKind::shell;
  const std::string_view kind = is_shell ? "terminal" : "agent-tool";
  for (const json::Value& row : interfaces->document().at("interfaces")) {
    if (row.at("interfaceKind") != kind || row.at("enabled") != true) {
      continue;
    }
    door_ref_ = row.at("doorRef").get<std::string>();
    door_needs_grant_ = row.at("requiresGrant") == true;
    SOURCEOS_TRY_ASSIGN(const Contract* door,
                        resolve(*shelf_, door_ref_, is_shell ? "TerminalDoor" : "AgentToolDoor"));
    SOURCEOS_TRY(add_grant_row(*door, plan));
    return is_shell ? use_terminal_door(*door, plan) : use_tool_door(*door);
  }
  return fail(ErrorKind::refused, "door-missing",
              fmt::format("the interface profile has no enabled door of kind {}", kind));
}

Status LaunchDoors::use_terminal_door(const Contract& door, LaunchPlan& plan) {
  const json::Value& transcript = door.document().at("transcript");
  plan.transcript = transcript.at("capture").get<std::string>();
  plan.transcript_bytes_max =
      std::min(transcript.at("maxBytes").get<std::uint64_t>(), k_transcript_bytes_max);
  door_needs_grant_ = door_needs_grant_ || door.document().at("requiredGrant") == true;
  return {};
}

Status LaunchDoors::use_tool_door(const Contract& door) {
  for (const json::Value& row : door.document().at("tools")) {
    if (row.at("toolId") == question_.tool_id && row.at("enabled") == true) {
      door_needs_grant_ = door_needs_grant_ || !row.at("hostGrantRefs").empty();
      if (const json::Value& bundle = row.at("agentPlane").at("bundleRef"); bundle.is_string()) {
        door_bundle_ref_ = bundle.get<std::string>();
      }
      return {};
    }
  }
  return fail(ErrorKind::refused, "door-tool-not-enabled",
              fmt::format("the door does not enable tool '{}'", question_.tool_id));
}

Status LaunchDoors::use_grant(const ProfileTool* tool, WantedFolder folder, LaunchPlan& plan) {
  const bool is_given = !question_.grant_file.empty();
  if (!is_given) {
    return fail(refuse_without_grant(tool != nullptr ? fmt::format("tool '{}'", tool->tool_id)
                                                     : std::string("the terminal")));
  }
  SOURCEOS_TRY(open_shelf());
  auto grant = read_valid_contract(question_.grant_file, "HostInterfaceGrant");
  if (!grant && grant.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::refused, "grant-missing",
                fmt::format("'{}' does not exist", question_.grant_file.string()));
  }
  if (!grant) {
    return fail(std::move(grant).error());
  }
  SOURCEOS_TRY(check_grant(*grant, grant_question(tool, std::move(folder), plan), *shelf_));
  SOURCEOS_TRY(add_grant_row(*grant, plan));
  plan.door_refs.push_back(grant->id());
  std::sort(plan.door_refs.begin(), plan.door_refs.end());
  plan.grant = std::move(*grant);
  return {};
}

GrantQuestion LaunchDoors::grant_question(const ProfileTool* tool, WantedFolder folder,
                                          const LaunchPlan& plan) const {
  GrantQuestion wanted;
  const bool is_shell = question_.kind == LaunchKind::shell;
  wanted.subject_kind = is_shell ? "operator" : "agent";
  wanted.workspace_id = profile_.agent_plane.workspace_id;
  wanted.profile_ref = profile_.id;
  wanted.interface_profile_ref = profile_.secure_host_interface_ref.value_or("");
  wanted.door_ref = door_ref_;
  wanted.operations = {is_shell ? "terminal.attach" : "tool.run"};
  if (tool != nullptr && tool->has_side_effects) {
    wanted.operations.emplace_back("tool.side-effect");
  }
  wanted.folders = {std::move(folder)};
  wanted.policy_hash = plan.policy_hash;
  wanted.home = question_.deny.home();
  wanted.now = question_.host.clock.now();
  return wanted;
}

}  // namespace sourceos::runtime
