// What a quarantine says of itself: the manifest with its receipt, and the text for a person.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "runtime/agent/quarantine.hpp"

namespace sourceos::runtime {

namespace {

json::Value steps_json(const std::vector<QuarantineStep>& steps,
                       const std::vector<QuarantineFile>& files, bool frozen) {
  json::Value rows = json::Value::array();
  for (const QuarantineStep& step : steps) {
    if ((step.number == 0) != frozen) {
      continue;
    }
    const auto file = std::ranges::find(files, step.file, &QuarantineFile::path);
    rows.push_back({{"n", step.number},
                    {"action", step.action},
                    {"status", step.status},
                    {"detail", step.detail},
                    {"file", step.file.empty() ? json::Value() : json::Value(step.file)},
                    {"sha256", file == files.end() ? json::Value()
                                                   : json::Value(bundle::sha256(file->bytes).hex())}});
  }
  return rows;
}

// The words of a QuarantineReceipt: what nothing declares any more, and an old version that breaks a
// rule, have both drifted from the policy.
std::string_view trigger_type(std::string_view trigger) {
  constexpr std::array<std::string_view, 4> k_types = {"operator_request", "policy_drift",
                                                       "preflight_fail", "excessive_restart"};
  const auto* known = std::ranges::find(k_types, trigger);
  return known != k_types.end() ? *known : std::string_view("policy_drift");
}

json::Value receipt_of(const Declaration& d, const std::string& trigger, UtcTime at, bool active,
                       json::Value scope) {
  constexpr std::string_view k_spec_version = "2.3.0";
  json::Value receipt = {
      {"id", fmt::format("urn:srcos:quarantine:{}-{}", d.name, format_seconds(at))},
      {"type", "QuarantineReceipt"},
      {"specVersion", k_spec_version},
      {"subjectId", "urn:srcos:local-agent:" + d.name},
      {"triggerType", trigger_type(trigger)},
      {"isolationMode", "manual"},
      {"scope", std::move(scope)},
      {"startedAt", format_seconds(at)},
      {"outcome", active ? "active" : "failed"}};
  const auto bytes = json::write_canonical(receipt);
  receipt["receiptHash"] = bundle::sha256(bytes.value_or(std::string())).text();
  return receipt;
}

}  // namespace

std::string Quarantine::remediation() const {
  std::string text = fmt::format("# Quarantine of {}\n\n", d_.name);
  text += fmt::format("Service: {}, definition: {}.\n\n", disabled_ ? "disabled" : "NOT disabled",
                      moved_ ? "moved away" : "NOT moved");
  if (!residual_.empty()) {
    text += "## Left on the host\n\n";
    for (const std::string& each : residual_) {
      text += "* " + each + "\n";
    }
    text += "\n";
  }
  if (!by_hand_.empty()) {
    text += "## To be done by hand\n\n";
    for (const std::string& command : by_hand_) {
      text += "    " + command + "\n";
    }
    text += "\n";
  }
  text += "## Steps\n\n";
  for (const QuarantineStep& each : steps_) {
    text += fmt::format("{}. {}: {}{}{}\n", each.number, each.action, each.status,
                        each.detail.empty() ? "" : ": ", each.detail);
  }
  return text + fmt::format("\n## To bring it back\n\n    sourceos-agent preflight {0}\n    "
                            "sourceos-agent install {0}\n    sourceos-agent start {0}\n",
                            d_.name);
}

// What was isolated: the processes that step 0 saw, and their unit.
json::Value Quarantine::scope() const {
  json::Value pids = json::Value::array();
  for (const ProcessFacts& process : processes_) {
    pids.push_back(process.pid);
  }
  const bool is_launchd = backend_.platform() == Platform::macos;
  return {{"pids", std::move(pids)},
          {"cgroup", status_.cgroup.empty() ? json::Value() : json::Value(status_.cgroup)},
          {"unit", is_launchd ? actor_.service().label : actor_.service().unit},
          {"hostRefs", json::Value::array()}};
}

json::Value Quarantine::manifest(const std::string& bundle_id) const {
  json::Value files = json::Value::array();
  for (const QuarantineFile& file : files_) {
    files.push_back({{"path", file.path},
                     {"sha256", bundle::sha256(file.bytes).hex()},
                     {"size", file.bytes.size()}});
  }
  const bool active = disabled_ && moved_ && residual_.empty();
  const char* protection = disabled_ && moved_ ? "both" : disabled_ ? "disabled" : moved_ ? "moved" : "none";
  return {{"type", "LocalAgentQuarantine"},
          {"agent", d_.name},
          {"declarationHash", agent_.hash},
          {"createdAt", format_seconds(started_at_)},
          {"trigger", setting_.trigger},
          {"freeze", steps_json(steps_, files_, true)},
          {"steps", steps_json(steps_, files_, false)},
          {"files", std::move(files)},
          {"protection", protection},
          {"residual", residual_},
          {"byHand", by_hand_},
          {"restoreHint", fmt::format("sourceos-agent install {0}; sourceos-agent start {0}", d_.name)},
          {"bundleId", bundle_id.empty() ? json::Value() : json::Value(bundle_id)},
          {"receipt", receipt_of(d_, setting_.trigger, started_at_, active, scope())}};
}

}  // namespace sourceos::runtime
