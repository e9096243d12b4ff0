// A valid profile document to change in one place.
#pragma once

#include <string>

#include "core/json/json.hpp"
#include "runtime/machine/presets.hpp"
#include "runtime/machine/profile.hpp"
#include "runtime/machine/secret_detector.hpp"

namespace sourceos::tests {

inline json::Value valid_profile(std::string_view preset = "linux-native") {
  runtime::Profile profile = runtime::preset_profile(preset).value();
  profile.repos = runtime::repos_for({"~/dev/r"});
  return runtime::render_profile(profile);
}

// The reason, or "" when it is a profile.
inline std::string profile_reason(const json::Value& document) {
  static runtime::SecretDetector secrets;
  const auto profile = runtime::parse_profile(document, secrets);
  return profile ? "" : profile.error().reason;
}

}  // namespace sourceos::tests
