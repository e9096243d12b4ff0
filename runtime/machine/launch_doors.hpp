// The door through which a launch goes, and the grant that it uses (doors.md section 10).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "runtime/doors/contract_shelf.hpp"
#include "runtime/doors/grant.hpp"
#include "runtime/machine/launch_gates.hpp"

namespace sourceos::runtime {

// Ids of the doors that are open on this profile's interface profile, sorted; none without one.
// `not_found`, "ref-unresolved" when the interface profile is nowhere.
[[nodiscard]] Result<std::vector<std::string>> open_door_refs(
    const host::Environment& environment, const std::vector<std::filesystem::path>& directories,
    const Profile& profile);

class LaunchDoors {
 public:
  LaunchDoors(const LaunchQuestion& question, const Profile& profile)
      : question_(question), profile_(profile) {}

  // The enabled door of the launch's kind in the profile's interface profile: "ref-unresolved",
  // "door-missing", "door-tool-not-enabled". A terminal door says what is kept of the session.
  [[nodiscard]] Status open_door(LaunchPlan& plan);
  // "grant-missing", or what check_grant says. `tool` is null for a shell.
  [[nodiscard]] Status use_grant(const ProfileTool* tool, WantedFolder folder, LaunchPlan& plan);

  [[nodiscard]] bool needs_grant() const { return door_needs_grant_; }
  [[nodiscard]] const std::string& bundle_ref() const { return door_bundle_ref_; }

 private:
  [[nodiscard]] Status open_shelf();
  [[nodiscard]] Status use_terminal_door(const Contract& door, LaunchPlan& plan);
  [[nodiscard]] Status use_tool_door(const Contract& door);
  [[nodiscard]] GrantQuestion grant_question(const ProfileTool* tool, WantedFolder folder,
                                             const LaunchPlan& plan) const;

  const LaunchQuestion& question_;
  const Profile& profile_;
  std::optional<ContractShelf> shelf_;
  std::string door_ref_;
  std::string door_bundle_ref_;
  bool door_needs_grant_ = false;
};

}  // namespace sourceos::runtime
