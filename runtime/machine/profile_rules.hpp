// Forms of single values in a profile, and the rules that join several (agent-machine 8.1).
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sourceos::runtime {

struct Profile;

// urn:srcos:<slug>:<local id>.
[[nodiscard]] bool is_urn(std::string_view text, std::string_view slug);
[[nodiscard]] bool is_profile_name(std::string_view text);
[[nodiscard]] bool is_spec_version(std::string_view text);  // 2.x.y
[[nodiscard]] bool is_version(std::string_view text);       // x.y.z
[[nodiscard]] bool is_digest(std::string_view text);
[[nodiscard]] bool is_image_reference(std::string_view text);
[[nodiscard]] bool is_environment_name(std::string_view text);
// Absolute, in the container, without "..", and not a place the container itself lives from.
[[nodiscard]] bool is_agent_path(std::string_view text);

[[nodiscard]] Status check_profile_rules(const Profile& profile);

}  // namespace sourceos::runtime
