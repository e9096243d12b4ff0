// The record is one canonical JSON object; its fields are those of the table in record_shape.cpp,
// which is also what a reader holds it to. Keys never come from data: what is a map elsewhere is an
// array of { name, value }.
#include "bundle/record.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bundle/json_text.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

namespace {

using json::Value;

// --- how each kind of field is written
Value to_value(const RedactedText& text) { return json_text(text.str()); }
Value to_value(const Digest& digest) { return digest.text(); }
Value to_value(UtcTime time) { return format_exact(time); }
Value to_value(bool value) { return value; }
Value to_value(std::uint64_t value) { return value; }
Value to_value(const std::string& text) { return text; }
Value to_value(ToolOwner owner) {
  switch (owner) {
    case ToolOwner::root: return "root";
    case ToolOwner::self: return "self";
    case ToolOwner::other: return "other";
  }
  return nullptr;
}

// Declared here, since the templates below look them up.
Value to_value(const RedactedJson& row);
Value to_value(const NamedCount& count);
Value to_value(const RecordCredHelper& helper);
Value to_value(const RecordTool& tool);
Value to_value(const RecordDeniedAttempt& attempt);
Value to_value(const RecordAction& action);
Value to_value(const RecordCollector& collector);
Value to_value(const Finding& finding);
Value to_value(const RecordOverride& override_row);

template <class T>
Value to_value(const std::vector<T>& items) {
  Value array = Value::array();
  for (const T& item : items) {
    array.push_back(to_value(item));
  }
  return array;
}

template <class T>
Value to_value(const std::optional<T>& value) {
  return value ? to_value(*value) : Value(nullptr);
}

// Their text went through redaction as JSON and is canonical by its type.
Value to_value(const RedactedJson& row) { return Value::parse(row.canonical(), nullptr, false); }

Value to_value(const NamedCount& count) { return {{"name", count.name}, {"value", count.value}}; }
Value to_value(const RecordCredHelper& helper) {
  return {{"name", to_value(helper.name)}, {"value", to_value(helper.value)}};
}

std::string_view to_string(ToolStatus status) {
  switch (status) {
    case ToolStatus::found: return "found";
    case ToolStatus::missing: return "missing";
    case ToolStatus::error: return "error";
  }
  return "error";
}

// --- rows
Value to_value(const RecordTool& tool) {
  return {{"name", to_value(tool.name)},        {"version", to_value(tool.version)},
          {"status", to_string(tool.status)},   {"pathRef", to_value(tool.path_ref)},
          {"sha256", to_value(tool.sha256)},    {"owner", to_value(tool.owner)},
          {"packaged", to_value(tool.packaged)}};
}

Value to_value(const RecordDeniedAttempt& attempt) {
  return {{"pathRef", to_value(attempt.path_ref)},
          {"reason", to_value(attempt.reason)},
          {"severity", to_value(attempt.severity)}};
}

Value to_value(const RecordAction& action) {
  return {{"action", to_value(action.action)},
          {"target", to_value(action.target)},
          {"argv", to_value(action.argv)},
          {"startedAt", to_value(action.started_at)},
          {"finishedAt", to_value(action.finished_at)},
          {"exitCode", to_value(action.exit_code)},
          {"status", to_value(action.status)},
          {"before", to_value(action.before)},
          {"after", to_value(action.after)},
          {"detail", to_value(action.detail)}};
}

Value to_value(const RecordCollector& collector) {
  return {{"name", to_value(collector.name)},
          {"status", bundle::to_string(collector.status)},
          {"reason", to_value(collector.reason)},
          {"entries", collector.entries},
          {"bytes", collector.bytes},
          {"elapsedMs", collector.elapsed_ms}};
}

Value to_value(const Finding& finding) {
  return {{"ruleId", to_value(finding.rule_id)},
          {"severity", bundle::to_string(finding.severity)},
          {"entry", finding.entry},
          {"byteRange", Value::array({finding.from, finding.to})},
          {"line", finding.line},
          {"excerptRedacted", to_value(finding.excerpt)}};
}

Value to_value(const RecordOverride& override_row) {
  return {{"name", to_value(override_row.name)}, {"pathRef", to_value(override_row.path_ref)}};
}

// --- objects of the record
Value to_value(const RecordOutcome& outcome) {
  return {{"exitCode", outcome.exit_code},
          {"result", bundle::to_string(outcome.result)},
          {"reason", to_value(outcome.reason)},
          {"started", to_value(outcome.started)}};
}

Value to_value(const RecordSequence& sequence) {
  return {{"logId", sequence.log_id},
          {"seq", sequence.seq},
          {"previous", to_value(sequence.previous)},
          {"intent", to_value(sequence.intent)},
          {"openIntents", to_value(sequence.open_intents)}};
}

Value to_value(const RecordClock& clock) {
  return {{"bootTag", clock.boot_tag},
          {"startedBootMs", clock.started_boot_ms},
          {"finishedBootMs", clock.finished_boot_ms},
          {"synchronised", to_value(clock.synchronised)}};
}

Value to_value(const RecordHost& host) {
  return {{"hostAdapter", to_value(host.adapter)},
          {"osVersion", to_value(host.os_version)},
          {"arch", to_value(host.architecture)},
          {"kernel", to_value(host.kernel)},
          {"hostTag", host.host_tag}};
}

Value to_value(const RecordGitRef& git) {
  return {{"head", to_value(git.head)},
          {"branch", to_value(git.branch)},
          {"dirty", to_value(git.dirty)},
          {"remoteRedacted", to_value(git.remote)},
          {"repoRef", to_value(git.repo_ref)}};
}

Value to_value(const RecordImage& image) {
  return {{"reference", to_value(image.reference)},
          {"imageId", to_value(image.image_id)},
          {"digest", to_value(image.digest)},
          {"present", image.present}};
}

Value to_value(const RecordAuth& auth) {
  return {{"pathRef", to_value(auth.path_ref)},
          {"mode", to_value(auth.mode)},
          {"hosts", to_value(auth.hosts)},
          {"credHelpers", to_value(auth.cred_helpers)},
          {"credsStore", to_value(auth.creds_store)},
          {"verdict", to_value(auth.verdict)}};
}

Value to_value(const RecordRedaction& redaction) {
  return {{"rulesetDigest", to_value(redaction.ruleset)},
          {"engine", to_value(redaction.engine)},
          {"complete", redaction.complete},
          {"byRule", to_value(redaction.by_rule)},
          {"byClass", to_value(redaction.by_class)},
          {"hostUserRedacted", true},
          {"tagScope", to_value(redaction.tag_scope)},
          {"tagKeyCheck", redaction.tag_key_check}};
}

// What a bundle that was made by redaction can say; sealed originals are the one exception.
Value to_value(const RecordReceiptSafety& safety) {
  return {{"includeRawContent", safety.include_raw_content},
          {"rawPromptContentIncluded", false},
          {"rawKvCacheContentIncluded", false},
          {"secretValuesIncluded", false},
          {"privateMemoryIncluded", false}};
}

void add_when_known(Value& value, const Record& record) {
  const auto add = [&value](const char* key, const auto& field) {
    if (field) {
      value[key] = to_value(*field);
    }
  };
  add("workspaceId", record.workspace_id);
  add("profileRef", record.profile_ref);
  add("profileHash", record.profile_hash);
  add("nonce", record.nonce);
  add("case", record.case_name);
  add("examiner", record.examiner);
  add("note", record.note);
  if (record.auth) {
    value["authRedacted"] = to_value(*record.auth);
  }
  if (!record.recipients.empty()) {
    value["recipients"] = to_value(record.recipients);
  }
}

Value to_value(const Record& record) {
  Value value = {
      {"type", k_record_type},
      {"specVersion", k_spec_version},
      {"runId", record.run_id},
      {"mode", bundle::to_string(record.mode)},
      {"command",
       {{"binary", to_value(record.command.binary)},
        {"path", to_value(record.command.path)},
        {"argvRedacted", to_value(record.command.argv)}}},
      {"outcome", to_value(record.outcome)},
      {"startedAt", to_value(record.started_at)},
      {"finishedAt", to_value(record.finished_at)},
      {"sequence", to_value(record.sequence)},
      {"clock", to_value(record.clock)},
      {"host", to_value(record.host)},
      {"subject", {{"kind", to_value(record.subject.kind)}, {"ref", to_value(record.subject.ref)}}},
      {"policyHash", to_value(record.policy_hash)},
      {"gitRef", to_value(record.git_ref)},
      {"imageDigest", record.image ? to_value(*record.image) : Value(nullptr)},
      {"toolVersions", to_value(record.tools)},
      {"mounts", to_value(record.mounts)},
      {"deniedAttempts", to_value(record.denied_attempts)},
      {"grants", to_value(record.grants)},
      {"actions", to_value(record.actions)},
      {"collectors", to_value(record.collectors)},
      {"entries",
       {{"count", record.entry_count},
        {"bytes", record.entry_bytes},
        {"indexDigest", to_value(record.index_digest)}}},
      {"redaction", to_value(record.redaction)},
      {"findings", to_value(record.findings)},
      {"receiptSafety", to_value(record.receipt_safety)},
      {"parent", to_value(record.parent)},
      {"supersedes", to_value(record.supersedes)},
      {"compression", {{"zstd", record.zstd_version}, {"level", record.compression_level}}},
      {"keyCustody", bundle::to_string(record.key_custody)},
      {"environmentOverrides", to_value(record.environment_overrides)},
      {"ignoredSeams", to_value(record.ignored_seams)},
      {"testSeams", record.test_seams},
      {"nonClaims", to_value(record.non_claims)}};
  add_when_known(value, record);
  return value;
}

constexpr json::Bounds k_record_bounds{limits::k_record_bytes_max, limits::k_record_depth_max};

}  // namespace

Result<std::string> write_record(const Record& record) {
  const Value value = to_value(record);
  if (const Status shape = check_record_shape(value); !shape) {
    return fail(Error(ErrorKind::internal, shape.error().reason, shape.error().message)
                    .with_context("write the record"));
  }
  SOURCEOS_TRY_ASSIGN_CONTEXT(std::string bytes, json::write_canonical(value), "write the record");
  if (bytes.size() > k_record_bounds.bytes_max) {
    return fail(ErrorKind::limit, "limit",
                fmt::format("a record of {} bytes, at most {} are allowed", bytes.size(),
                            k_record_bounds.bytes_max));
  }
  return bytes;
}

Result<Value> parse_record(std::string_view bytes) {
  SOURCEOS_TRY_ASSIGN_CONTEXT(Value value, json::parse_canonical(bytes, k_record_bounds),
                              "read the record");
  const auto version = value.is_object() ? value.find("specVersion") : value.end();
  if (version != value.end() && version->is_string() &&
      version->get_ref<const std::string&>() != k_spec_version) {
    return fail(ErrorKind::malformed, "spec-version",
                fmt::format("a record of another version than {}", k_spec_version));
  }
  SOURCEOS_TRY_CONTEXT(check_record_shape(value), "read the record");
  return value;
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::low: return "low";
    case Severity::medium: return "medium";
    case Severity::high: return "high";
  }
  return "high";
}

std::string_view to_string(Mode mode) {
  switch (mode) {
    case Mode::read_only: return "read-only";
    case Mode::dry_run: return "dry-run";
    case Mode::apply: return "apply";
    case Mode::exec: return "exec";
  }
  return "exec";
}

std::string_view to_string(RunResult result) {
  switch (result) {
    case RunResult::ok: return "ok";
    case RunResult::negative: return "negative";
    case RunResult::usage: return "usage";
    case RunResult::partial: return "partial";
    case RunResult::error: return "error";
    case RunResult::interrupted: return "interrupted";
  }
  return "error";
}

std::string_view to_string(CollectorStatus status) {
  switch (status) {
    case CollectorStatus::ok: return "ok";
    case CollectorStatus::failed: return "failed";
    case CollectorStatus::timeout: return "timeout";
    case CollectorStatus::skipped: return "skipped";
    case CollectorStatus::truncated: return "truncated";
  }
  return "failed";
}

}  // namespace sourceos::bundle
