#include "runtime/agent/credential_helper.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/hardening.hpp"
#include "host/host.hpp"
#include "runtime/agent/backend_common.hpp"

namespace sourceos::runtime {

namespace {

// As the registries' tools build a program's name from it: no path, no option.
bool is_helper_name(std::string_view name) {
  constexpr std::size_t k_bytes_max = 64;
  return !name.empty() && name.size() <= k_bytes_max && name.front() != '-' && name.front() != '.' &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

HelperProbe ask_helper(const host::Host& host, std::string_view helper) {
  HelperProbe probe{.helper = std::string(helper), .answer = HelperAnswer::fails, .detail = {}, .run = {}};
  if (!is_helper_name(helper)) {
    probe.detail = "its name is no name of a program";
    return probe;
  }
  // The runner gives it a session without a terminal, an input that is at its end, and no display.
  probe.run = run_and_note(host, {fmt::format("docker-credential-{}", helper), "list"},
                           limits::k_probe_timeout_ms);
  host::wipe(probe.run.output);
  probe.run.output.clear();
  if (probe.run.end == host::ProcessEnd::missing) {
    probe.answer = HelperAnswer::missing;
  } else if (probe.run.ok()) {
    probe.answer = HelperAnswer::works;
  }
  probe.detail = probe.answer == HelperAnswer::works ? "" : complaint(probe.run);
  return probe;
}

std::vector<std::string> helper_names(const std::vector<AuthFileFacts>& files) {
  constexpr std::size_t k_helpers_max = 16;  // each may take the whole time of a probe
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (names.size() < k_helpers_max && std::ranges::find(names, name) == names.end()) {
      names.push_back(name);
    }
  };
  for (const AuthFileFacts& file : files) {
    for (const HelperFact& each : file.helpers) {
      add(each.helper);
    }
    if (file.store) {
      add(*file.store);
    }
  }
  return names;
}

bool says_helper_failure(std::string_view output) {
  constexpr std::array<std::string_view, 3> k_words = {"error getting credentials", "docker-credential-",
                                                       "credential helper"};
  const std::string lower = text::ascii_lower(output);
  return std::ranges::any_of(
      k_words, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

}  // namespace sourceos::runtime
