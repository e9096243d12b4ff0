// The shape of a record as a table: each row a key, what may stand there, and whether the key may
// be absent. schemas/SourceOSEvidenceBundle.json says the same for tools that know nothing of us;
// a test holds the two against each other.
#include <algorithm>
#include <array>
#include <functional>

#include "bundle/record.hpp"
#include "bundle/record_checks.hpp"
#include "core/json/json.hpp"

namespace sourceos::bundle {

namespace {

using namespace shape;

// --- the rows and objects of a record
Status record_type(const Value& value, const std::string& place) {
  return one_of(value, place, {k_record_type});
}
Status spec_version(const Value& value, const std::string& place) {
  return one_of(value, place, {k_spec_version});
}
Status mode(const Value& value, const std::string& place) {
  return one_of(value, place, {"read-only", "dry-run", "apply", "exec"});
}
Status key_custody(const Value& value, const std::string& place) {
  return one_of(value, place, {"file", "file-passphrase", "exec", "agent"});
}
Status severity(const Value& value, const std::string& place) {
  return one_of(value, place, {"low", "medium", "high"});
}
Status run_result(const Value& value, const std::string& place) {
  return one_of(value, place, {"ok", "negative", "usage", "partial", "error", "interrupted"});
}
Status host_adapter(const Value& value, const std::string& place) {
  return one_of(value, place, {"macos", "windows", "linux"});
}
Status tool_status(const Value& value, const std::string& place) {
  return one_of(value, place, {"found", "missing", "error"});
}
Status tool_owner(const Value& value, const std::string& place) {
  return one_of(value, place, {"root", "self", "other"});
}
Status collector_status(const Value& value, const std::string& place) {
  return one_of(value, place, {"ok", "failed", "timeout", "skipped", "truncated"});
}
Status action_status(const Value& value, const std::string& place) {
  return one_of(value, place,
                {"planned", "done", "skipped", "failed", "rolled-back", "interrupted"});
}

Status command(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 3> k_fields = {
      {{"binary", text}, {"path", list<text>}, {"argvRedacted", list<text>}}};
  return fields(value, place, k_fields);
}

Status outcome(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 4> k_fields = {{{"exitCode", integer},
                                                     {"result", run_result},
                                                     {"reason", nullable<text>},
                                                     {"started", nullable<boolean>}}};
  return fields(value, place, k_fields);
}

Status sequence(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 5> k_fields = {{{"logId", hex32},
                                                     {"seq", integer},
                                                     {"previous", nullable<digest>},
                                                     {"intent", nullable<integer>},
                                                     {"openIntents", list<integer>}}};
  SOURCEOS_TRY(fields(value, place, k_fields));
  const Value& seq = value.at("seq");
  const Value& open = value.at("openIntents");
  const bool looks_back = (value.at("intent").is_null() || value.at("intent") < seq) &&
                          std::all_of(open.begin(), open.end(), [&](const Value& each) { return each < seq; });
  if (!looks_back) {
    return differs(place, "intents before the bundle's own place");
  }
  const bool in_order = std::adjacent_find(open.begin(), open.end(), std::greater_equal<>()) == open.end();
  return in_order ? Status{} : Status(differs(place + "/openIntents", "places in order, each once"));
}

Status clock(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 4> k_fields = {{{"bootTag", hex},
                                                     {"startedBootMs", integer},
                                                     {"finishedBootMs", integer},
                                                     {"synchronised", nullable<boolean>}}};
  SOURCEOS_TRY(fields(value, place, k_fields));
  return value.at("startedBootMs") <= value.at("finishedBootMs")
             ? Status{}
             : Status(differs(place, "a finish that is not before the start"));
}

Status host(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 5> k_fields = {{{"hostAdapter", host_adapter},
                                                     {"osVersion", text},
                                                     {"arch", text},
                                                     {"kernel", text},
                                                     {"hostTag", hex}}};
  return fields(value, place, k_fields);
}

Status subject(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 2> k_fields = {{{"kind", text}, {"ref", text}}};
  return fields(value, place, k_fields);
}

// All null when there is no repository.
Status git_ref(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 5> k_fields = {{{"head", nullable<text>},
                                                     {"branch", nullable<text>},
                                                     {"dirty", nullable<boolean>},
                                                     {"remoteRedacted", nullable<text>},
                                                     {"repoRef", nullable<text>}}};
  return fields(value, place, k_fields);
}

Status image(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 4> k_fields = {{{"reference", text},
                                                     {"imageId", nullable<text>},
                                                     {"digest", nullable<text>},
                                                     {"present", boolean}}};
  return fields(value, place, k_fields);
}

Status tool(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 7> k_fields = {{{"name", text},
                                                     {"version", nullable<text>},
                                                     {"status", tool_status},
                                                     {"pathRef", nullable<text>},
                                                     {"sha256", nullable<digest>},
                                                     {"owner", nullable<tool_owner>},
                                                     {"packaged", nullable<boolean>}}};
  return fields(value, place, k_fields);
}

Status mount_scan(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 2> k_fields = {{{"status", text}, {"findings", anything}}};
  return fields(value, place, k_fields);
}

Status mount(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 13> k_fields = {{{"mountId", text},
                                                      {"pathClass", text},
                                                      {"hostPathRef", text},
                                                      {"agentPath", text},
                                                      {"accessMode", text},
                                                      {"storageBackend", text},
                                                      {"gitRef", anything},
                                                      {"contentHash", nullable<text>},
                                                      {"secretsProhibited", always_true},
                                                      {"directExecutionAllowed", boolean},
                                                      {"existsAtRunStart", boolean},
                                                      {"podmanOptions", list<text>},
                                                      {"scan", mount_scan}}};
  return fields(value, place, k_fields);
}

Status denied_attempt(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 3> k_fields = {
      {{"pathRef", text}, {"reason", text}, {"severity", text}}};
  return fields(value, place, k_fields);
}

Status named_text(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 2> k_fields = {{{"name", text}, {"value", text}}};
  return fields(value, place, k_fields);
}

Status named_count(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 2> k_fields = {{{"name", text}, {"value", integer}}};
  return fields(value, place, k_fields);
}

// What is a map elsewhere: by name, each once.
Status counts(const Value& value, const std::string& place) {
  SOURCEOS_TRY(list<named_count>(value, place));
  for (std::size_t i = 1; i < value.size(); ++i) {
    if (value[i - 1].at("name") >= value[i].at("name")) {
      return differs(place, "items sorted by name, each once");
    }
  }
  return {};
}

Status auth(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 6> k_fields = {{{"pathRef", text},
                                                     {"mode", text},
                                                     {"hosts", list<text>},
                                                     {"credHelpers", list<named_text>},
                                                     {"credsStore", nullable<text>},
                                                     {"verdict", text}}};
  return fields(value, place, k_fields);
}

Status action(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 10> k_fields = {{{"action", text},
                                                      {"target", text},
                                                      {"argv", nullable<list<text>>},
                                                      {"startedAt", time},
                                                      {"finishedAt", time},
                                                      {"exitCode", nullable<integer>},
                                                      {"status", action_status},
                                                      {"before", nullable<digest>},
                                                      {"after", nullable<digest>},
                                                      {"detail", text}}};
  return fields(value, place, k_fields);
}

Status collector(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 6> k_fields = {{{"name", text},
                                                     {"status", collector_status},
                                                     {"reason", nullable<text>},
                                                     {"entries", integer},
                                                     {"bytes", integer},
                                                     {"elapsedMs", integer}}};
  return fields(value, place, k_fields);
}

Status entries(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 3> k_fields = {
      {{"count", integer}, {"bytes", integer}, {"indexDigest", digest}}};
  return fields(value, place, k_fields);
}

Status redaction(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 8> k_fields = {{{"rulesetDigest", digest},
                                                     {"engine", text},
                                                     {"complete", boolean},
                                                     {"byRule", counts},
                                                     {"byClass", counts},
                                                     {"hostUserRedacted", always_true},
                                                     {"tagScope", text},
                                                     {"tagKeyCheck", hex}}};
  return fields(value, place, k_fields);
}

Status byte_range(const Value& value, const std::string& place) {
  SOURCEOS_TRY(list<integer>(value, place));
  return value.size() == 2 && value[0] <= value[1] ? Status{} : Status(differs(place, "[from, to]"));
}

Status finding(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 6> k_fields = {{{"ruleId", text},
                                                     {"severity", severity},
                                                     {"entry", text},
                                                     {"byteRange", byte_range},
                                                     {"line", integer},
                                                     {"excerptRedacted", text}}};
  return fields(value, place, k_fields);
}

// Whether these agree with the content is a check of its own.
Status receipt_safety(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 5> k_fields = {{{"includeRawContent", boolean},
                                                     {"rawPromptContentIncluded", boolean},
                                                     {"rawKvCacheContentIncluded", boolean},
                                                     {"secretValuesIncluded", boolean},
                                                     {"privateMemoryIncluded", boolean}}};
  return fields(value, place, k_fields);
}

Status compression(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 2> k_fields = {{{"zstd", text}, {"level", integer}}};
  return fields(value, place, k_fields);
}

Status override_row(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 2> k_fields = {{{"name", text}, {"pathRef", nullable<text>}}};
  return fields(value, place, k_fields);
}

}  // namespace

Status check_record_shape(const Value& record) {
  constexpr auto k_when_known = Presence::when_known;
  static constexpr std::array<Field, 42> k_fields = {{
      {"type", record_type},
      {"specVersion", spec_version},
      {"runId", hex32},
      {"mode", mode},
      {"command", command},
      {"outcome", outcome},
      {"startedAt", time},
      {"finishedAt", time},
      {"sequence", sequence},
      {"clock", clock},
      {"host", host},
      {"subject", subject},
      {"workspaceId", text, k_when_known},
      {"profileRef", text, k_when_known},
      {"profileHash", digest, k_when_known},
      {"policyHash", digest},
      {"gitRef", git_ref},
      {"imageDigest", nullable<image>},
      {"toolVersions", list<tool>},
      {"mounts", list<mount>},
      {"deniedAttempts", list<denied_attempt>},
      {"grants", list<object>},
      {"authRedacted", auth, k_when_known},
      {"actions", list<action>},
      {"collectors", list<collector>},
      {"entries", entries},
      {"redaction", redaction},
      {"findings", list<finding>},
      {"receiptSafety", receipt_safety},
      {"parent", nullable<digest>},
      {"supersedes", nullable<digest>},
      {"compression", compression},
      {"keyCustody", key_custody},
      {"environmentOverrides", list<override_row>},
      {"ignoredSeams", list<text>},
      {"nonce", nonce, k_when_known},
      {"recipients", list<text>, k_when_known},
      {"case", text, k_when_known},
      {"examiner", text, k_when_known},
      {"note", text, k_when_known},
      {"testSeams", boolean},
      {"nonClaims", some<sentence>},
  }};
  return fields(record, "", k_fields);
}

}  // namespace sourceos::bundle
