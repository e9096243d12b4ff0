#include "runtime/machine/machine_checks.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/json/json.hpp"

namespace sourceos::runtime {

MachineCheck& MachineChecks::add(std::string id, std::string status, std::string detail) {
  return add(std::move(id), std::move(status), std::move(detail), json::Value(nullptr));
}

MachineCheck& MachineChecks::add(std::string id, std::string status, std::string detail,
                                 const json::Value& observed) {
  rows_.push_back({std::move(id),
                   std::move(status),
                   std::move(detail),
                   {},
                   {},
                   {},
                   observed.dump(-1, ' ', true, json::Value::error_handler_t::replace)});
  return rows_.back();
}

void MachineChecks::skip(std::string id, std::string_view reason, std::string detail) {
  add(std::move(id), "skip", std::move(detail)).reason = reason;
}

void MachineChecks::blocked(std::string id, std::string by) {
  MachineCheck& check = add(std::move(id), "skip", fmt::format("'{}' failed", by));
  check.reason = "blocked";
  check.blocked_by = std::move(by);
}

MachineCheck* MachineChecks::find(std::string_view id) {
  const auto found = std::ranges::find(rows_, id, &MachineCheck::id);
  return found == rows_.end() ? nullptr : &*found;
}

bool MachineChecks::has_failed(std::string_view id) const {
  const auto found = std::ranges::find(rows_, id, &MachineCheck::id);
  return found != rows_.end() && (found->status == "fail" || !found->blocked_by.empty());
}

bool MachineChecks::is_ready() const {
  return std::ranges::none_of(rows_, [](const MachineCheck& check) { return check.status == "fail"; });
}

json::Value MachineChecks::document() const {
  json::Value summary = {{"pass", 0}, {"warn", 0}, {"fail", 0}, {"skip", 0}};
  json::Value rows = json::Value::array();
  const auto word_or_null = [](const std::string& word) {
    return word.empty() ? json::Value(nullptr) : json::Value(word);
  };
  for (const MachineCheck& check : rows_) {
    summary[check.status] = summary[check.status].get<std::uint64_t>() + 1;
    rows.push_back({{"id", check.id},
                    {"status", check.status},
                    {"detail", check.detail},
                    {"reason", word_or_null(check.reason)},
                    {"remediation", word_or_null(check.remediation)},
                    {"observed", json::Value::parse(check.observed, nullptr, false)},
                    {"blockedBy", word_or_null(check.blocked_by)}});
  }
  return {{"ready", is_ready()}, {"summary", std::move(summary)}, {"checks", std::move(rows)}};
}

}  // namespace sourceos::runtime
