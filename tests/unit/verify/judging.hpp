// A scene laid down and judged, in one call.
#pragma once

#include <string>
#include <string_view>

#include "tests/broken/cases.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sourceos::tests {

[[nodiscard]] inline verify::Verdict judged(Scene& scene) {
  const TemporaryDirectory directory;
  return judge(scene, lay_down(scene, directory.path()), directory / "memory");
}

// The words, and the reason where there is one: "failed (descriptor)".
[[nodiscard]] inline std::string told(const verify::Verdict& verdict) {
  return verdict.reason.empty() ? verdict.words : verdict.words + " (" + verdict.reason + ")";
}

// "pass", or the outcome with its reason: "fail descriptor".
[[nodiscard]] inline std::string outcome_of(const verify::Verdict& verdict,
                                            std::string_view check) {
  const verify::CheckResult* result = verdict.find(check);
  if (result == nullptr) {
    return "no such check";
  }
  const std::string outcome(to_string(result->outcome));
  return result->reason.empty() ? outcome : outcome + " " + result->reason;
}

}  // namespace sourceos::tests
