#include "runtime/agent/preflight.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/host.hpp"
#include "runtime/agent/preflight_run.hpp"

namespace sourceos::runtime {

namespace {

json::Value text_or_null(const std::string& text, const Redactor& redact) {
  return text.empty() ? json::Value() : json::Value(redact(text));
}

json::Value as_json(const Check& check, const Redactor& redact) {
  json::Value observed = json::Value::array();
  for (const auto& [name, value] : check.observed) {
    observed.push_back({{"name", name}, {"value", redact(value)}});
  }
  return {{"n", check.number},
          {"id", check.id},
          {"status", to_string(check.status)},
          {"detail", redact(check.detail)},
          {"reason", text_or_null(check.reason, [](std::string_view t) { return std::string(t); })},
          {"remediation", text_or_null(check.remediation, redact)},
          {"blockedBy", check.blocked_by ? json::Value(*check.blocked_by) : json::Value()},
          {"observed", observed}};
}

json::Value counts_of(const Preflight& preflight) {
  const auto count = [&](CheckStatus status) {
    return std::ranges::count(preflight.checks, status, &Check::status);
  };
  return {{"pass", count(CheckStatus::pass)},
          {"warn", count(CheckStatus::warn)},
          {"fail", count(CheckStatus::fail)},
          {"skip", count(CheckStatus::skip)},
          {"total", preflight.checks.size()}};
}

}  // namespace

std::string_view to_string(CheckStatus status) {
  switch (status) {
    case CheckStatus::pass: return "pass";
    case CheckStatus::warn: return "warn";
    case CheckStatus::fail: return "fail";
    case CheckStatus::skip: return "skip";
  }
  return "";
}

void pass(Check& check, std::string detail) {
  check.status = CheckStatus::pass;
  check.detail = std::move(detail);
}

void warn(Check& check, std::string detail) {
  check.status = CheckStatus::warn;
  check.detail = std::move(detail);
}

void skip(Check& check, std::string detail) {
  check.status = CheckStatus::skip;
  check.detail = std::move(detail);
}

void fail_check(Check& check, std::string_view reason, std::string detail, std::string remediation) {
  check.status = CheckStatus::fail;
  check.reason = reason;
  check.detail = std::move(detail);
  check.remediation = std::move(remediation);
}

std::string command_line(const std::vector<std::string>& argv) {
  std::string line;
  for (const std::string& word : argv) {
    line += (line.empty() ? "" : " ") + text::shell_word(word);
  }
  return line;
}

const std::array<PreflightRun::Row, k_check_count>& PreflightRun::rows() {
  static const auto all_after_first = [] {
    std::vector<int> numbers(k_check_count - 1);
    std::iota(numbers.begin(), numbers.end(), 2);
    return numbers;
  }();
  static const std::array<Row, k_check_count> table = {{
      {"host-platform", &PreflightRun::host_platform, all_after_first},
      {"backend-adapter", &PreflightRun::backend_adapter, {15, 16}},
      {"runtime-available", &PreflightRun::runtime_available, {}},
      {"podman-binary", &PreflightRun::podman_binary, {5, 6, 7, 8, 9, 13}},
      {"podman-version", &PreflightRun::podman_version, {}},
      {"podman-machine-exists", &PreflightRun::machine_exists, {7, 8, 9, 13}},
      {"podman-machine-running", &PreflightRun::machine_running, {8, 9, 13}},
      {"podman-socket", &PreflightRun::podman_socket, {9, 13}},
      {"local-image", &PreflightRun::local_image, {}},
      {"image-tag-policy", &PreflightRun::image_tag_policy, {}},
      {"authfile", &PreflightRun::authfile, {}},
      {"ambient-auth", &PreflightRun::ambient_auth, {}},
      {"container-name", &PreflightRun::container_name, {}},
      {"log-directory", &PreflightRun::log_directory, {}},
      {"label-disabled", &PreflightRun::label_disabled, {}},
      {"label-conflict", &PreflightRun::label_conflict, {}},
      {"service-lint", &PreflightRun::service_lint, {}},
      {"wrapper-lint", &PreflightRun::wrapper_lint, {}},
  }};
  return table;
}

PreflightRun::PreflightRun(const host::Host& host, ServiceBackend& backend,
                           const ReadDeclaration& agent, const PreflightSetting& setting)
    : host_(host),
      backend_(backend),
      agent_(agent),
      d_(agent.declaration),
      setting_(setting),
      places_(places_of(agent.declaration, host)),
      service_(service_ref(agent.declaration, host)),
      state_(read_state(places_)) {}

Preflight PreflightRun::run() {
  result_.agent = d_.name;
  result_.declaration_hash = agent_.hash;
  result_.declaration_findings = agent_.findings;
  for (int number = 1; number <= k_check_count; ++number) {
    const Row& row = rows()[static_cast<std::size_t>(number - 1)];
    Check check;
    check.number = number;
    check.id = row.id;
    const int blocker = blocked_by_[static_cast<std::size_t>(number)];
    if (blocker != 0) {
      skip(check, fmt::format("blocked by {}", blocker));
      check.blocked_by = blocker;
    } else {
      (this->*row.body)(check);
    }
    if (check.status == CheckStatus::fail) {
      for (const int blocked : row.blocks) {
        int& by = blocked_by_[static_cast<std::size_t>(blocked)];
        by = by == 0 ? number : by;
      }
    }
    result_.checks.push_back(std::move(check));
  }
  return std::move(result_);
}

CommandRun PreflightRun::probe(std::vector<std::string> argv) {
  CommandRun run = run_and_note(host_, std::move(argv), limits::k_probe_timeout_ms);
  result_.probes.push_back(run);
  return run;
}

Preflight run_preflight(const host::Host& host, ServiceBackend& backend,
                        const ReadDeclaration& agent, const PreflightSetting& setting) {
  return PreflightRun(host, backend, agent, setting).run();
}

const Check* Preflight::first_failure() const {
  const auto found = std::ranges::find(checks, CheckStatus::fail, &Check::status);
  return found == checks.end() ? nullptr : &*found;
}

bool Preflight::passed() const { return reason().empty(); }

std::string Preflight::reason() const {
  if (const Check* failed = first_failure()) {
    return failed->reason;
  }
  const bool invalid = std::ranges::any_of(declaration_findings, [](const DeclarationFinding& each) {
    return each.severity == Severity::high;
  });
  return invalid ? "invalid-declaration" : "";
}

json::Value as_json(const Preflight& preflight, const Redactor& redact) {
  json::Value checks = json::Value::array();
  for (const Check& check : preflight.checks) {
    checks.push_back(as_json(check, redact));
  }
  json::Value policy = json::Value::array();
  for (const PolicyFinding& finding : preflight.policy_findings) {
    policy.push_back(as_json(finding, redact));
  }
  json::Value declaration = json::Value::array();
  for (const DeclarationFinding& finding : preflight.declaration_findings) {
    declaration.push_back({{"path", redact(finding.path)},
                           {"field", finding.field},
                           {"severity", to_string(finding.severity)},
                           {"message", redact(finding.message)}});
  }
  const std::string reason = preflight.reason();
  return {{"type", "LocalAgentPreflight"},
          {"agent", preflight.agent},
          {"declarationHash", preflight.declaration_hash},
          {"result", preflight.passed() ? "pass" : "fail"},
          {"counts", counts_of(preflight)},
          {"checks", std::move(checks)},
          {"policyFindings", std::move(policy)},
          {"declarationFindings", std::move(declaration)},
          {"persistence",
           {{"allowed", reason.empty()},
            {"reason", reason.empty() ? json::Value() : json::Value(reason)}}},
          {"bundleId", nullptr}};
}

}  // namespace sourceos::runtime
