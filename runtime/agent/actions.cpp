#include "runtime/agent/actions.hpp"

#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "runtime/agent/backend_common.hpp"
#include "runtime/agent/rules.hpp"

namespace sourceos::runtime {

json::Value as_json(const PlannedAction& planned,
                    const std::function<std::string(std::string_view)>& redact) {
  json::Value argv;
  if (planned.argv) {
    argv = json::Value::array();
    for (const std::string& word : *planned.argv) {
      argv.push_back(redact(word));
    }
  }
  return {{"action", planned.action},
          {"target", redact(planned.target)},
          {"argv", std::move(argv)},
          {"status", "planned"}};
}

json::Value intent_document(std::string_view command, std::string_view agent,
                            const std::vector<PlannedAction>& plan, const std::string& policy_hash,
                            std::string_view transaction, UtcTime at) {
  json::Value rows = json::Value::array();
  for (const PlannedAction& each : plan) {
    const std::optional<bundle::Digest> before =
        each.target.starts_with('/') ? digest_of(each.target) : std::nullopt;
    rows.push_back({{"action", each.action},
                    {"target", each.target},
                    {"before", before ? json::Value(before->text()) : json::Value()}});
  }
  return {{"command", command},
          {"subject", {{"kind", "local-agent"}, {"ref", agent}}},
          {"plan", std::move(rows)},
          {"policyHash", policy_hash},
          {"transactionId", transaction.empty() ? json::Value() : json::Value(transaction)},
          {"startedAt", format_seconds(at)}};
}

bundle::Digest policy_hash_of(const std::string& declaration_hash) {
  return bundle::sha256(ruleset_hash() + "\n" + declaration_hash);
}

std::optional<bundle::Digest> digest_of(const std::filesystem::path& file) {
  const auto bytes = host::read_file(file, 16 * limits::k_mib);
  return bytes ? std::optional(bundle::sha256(*bytes)) : std::nullopt;
}

Status ActionLog::file(std::string_view action, const std::filesystem::path& path,
                       const std::function<Status()>& deed) {
  collect::ActionFacts row;
  row.action = action;
  row.target = path.string();
  row.started_at = host_.clock.now();
  row.before = digest_of(path);
  Status done = deed();
  row.finished_at = host_.clock.now();
  row.after = digest_of(path);
  row.status = done ? collect::ActionStatus::done : collect::ActionStatus::failed;
  row.detail = done ? std::string() : done.error().read_out();
  rows_.push_back(std::move(row));
  return done;
}

bool ActionLog::run(std::string_view action, std::string_view target, const CommandRun& run) {
  collect::ActionFacts row;
  row.action = action;
  row.target = target;
  row.argv = run.argv;
  row.started_at = run.started_at;
  row.finished_at = run.finished_at;
  row.exit_code = static_cast<std::uint64_t>(run.status);
  row.status = run.ok() ? collect::ActionStatus::done : collect::ActionStatus::failed;
  row.detail = run.ok() ? std::string() : complaint(run);
  rows_.push_back(std::move(row));
  return run.ok();
}

bool ActionLog::order(std::string_view action, std::string_view target, const OrderResult& result) {
  if (result.commands.empty()) {
    skipped(action, target, result.detail);
    rows_.back().status = result.ok ? collect::ActionStatus::skipped : collect::ActionStatus::failed;
  }
  for (const CommandRun& each : result.commands) {
    (void)run(action, target, each);
    if (result.ok && !each.ok()) {  // a question whose answer was no, or nothing to undo
      rows_.back().status = collect::ActionStatus::skipped;
    }
  }
  return result.ok;
}

void ActionLog::skipped(std::string_view action, std::string_view target, std::string detail) {
  collect::ActionFacts row;
  row.action = action;
  row.target = target;
  row.started_at = row.finished_at = host_.clock.now();
  row.status = collect::ActionStatus::skipped;
  if (target.starts_with('/')) {  // a file that is as wanted is still named by its digest
    row.before = row.after = digest_of(target);
  }
  row.detail = std::move(detail);
  rows_.push_back(std::move(row));
}

}  // namespace sourceos::runtime
