// The shape of a record as a table: each row a key, what may stand there, and whether the key may
// be absent. schemas/SourceOSEvidenceBundle.json says the same for tools that know nothing of us;
// a test holds the two against each other.
#include <algorithm>
#include <array>
#include <initializer_list>

#include <fmt/format.h>

#include "bundle/record.hpp"
#include "core/bytes.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

namespace {

using json::Value;
using Check = Status (*)(const Value&, const std::string& place);

std::unexpected<Error> differs(const std::string& place, std::string_view expected) {
  return fail(ErrorKind::malformed, "schema",
              fmt::format("{}: expected {}", place.empty() ? "record" : place, expected));
}

// --- single values
Status text(const Value& value, const std::string& place) {
  return value.is_string() ? Status{} : Status(differs(place, "a string"));
}
Status boolean(const Value& value, const std::string& place) {
  return value.is_boolean() ? Status{} : Status(differs(place, "true or false"));
}
Status always_true(const Value& value, const std::string& place) {
  return value.is_boolean() && value.get<bool>() ? Status{} : Status(differs(place, "true"));
}
Status integer(const Value& value, const std::string& place) {
  return value.is_number_unsigned() && value.get<std::uint64_t>() <= limits::k_json_integer_max
             ? Status{}
             : Status(differs(place, "an integer from 0 to 2^53-1"));
}
Status object(const Value& value, const std::string& place) {
  return value.is_object() ? Status{} : Status(differs(place, "an object"));
}
Status anything(const Value&, const std::string&) { return {}; }

Status hex(const Value& value, const std::string& place) {
  return value.is_string() && is_lower_hex(value.get_ref<const std::string&>())
             ? Status{}
             : Status(differs(place, "lower-case hex digits"));
}
Status hex32(const Value& value, const std::string& place) {
  SOURCEOS_TRY(hex(value, place));
  return value.get_ref<const std::string&>().size() == 32
             ? Status{}
             : Status(differs(place, "32 lower-case hex digits"));
}
// 16 to 64 bytes.
Status nonce(const Value& value, const std::string& place) {
  SOURCEOS_TRY(hex(value, place));
  const std::size_t digits = value.get_ref<const std::string&>().size();
  return digits % 2 == 0 && digits >= 32 && digits <= 128
             ? Status{}
             : Status(differs(place, "32 to 128 hex digits"));
}
Status digest(const Value& value, const std::string& place) {
  return value.is_string() && Digest::parse(value.get_ref<const std::string&>())
             ? Status{}
             : Status(differs(place, "sha256:<64 hex digits>"));
}
Status time(const Value& value, const std::string& place) {
  return value.is_string() && parse_time(value.get_ref<const std::string&>())
             ? Status{}
             : Status(differs(place, "a time like 2026-01-31T23:59:59Z"));
}

Status one_of(const Value& value, const std::string& place,
              std::initializer_list<std::string_view> words) {
  SOURCEOS_TRY(text(value, place));
  const auto& word = value.get_ref<const std::string&>();
  return std::find(words.begin(), words.end(), word) != words.end()
             ? Status{}
             : Status(differs(place, fmt::format("one of {}", fmt::join(words, ", "))));
}

// --- what is made of them
template <Check check>
Status nullable(const Value& value, const std::string& place) {
  return value.is_null() ? Status{} : check(value, place);
}

template <Check check>
Status list(const Value& value, const std::string& place) {
  if (!value.is_array()) {
    return differs(place, "an array");
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    SOURCEOS_TRY(check(value[i], fmt::format("{}/{}", place, i)));
  }
  return {};
}

template <Check check>
Status some(const Value& value, const std::string& place) {
  SOURCEOS_TRY(list<check>(value, place));
  return value.empty() ? Status(differs(place, "at least one item")) : Status{};
}

enum class Presence { always, when_known };
struct Field {
  std::string_view key;
  Check check;
  Presence presence = Presence::always;
};

template <std::size_t N>
Status fields(const Value& value, const std::string& place, const std::array<Field, N>& table) {
  SOURCEOS_TRY(object(value, place));
  std::size_t found = 0;
  for (const Field& field : table) {
    const auto member = value.find(field.key);
    const std::string inner = fmt::format("{}/{}", place, field.key);
    if (member == value.end()) {
      if (field.presence == Presence::always) {
        return differs(inner, "a value");
      }
      continue;
    }
    ++found;
    SOURCEOS_TRY(field.check(*member, inner));
  }
  if (found != value.size()) {
    return fail(
        ErrorKind::malformed, "malformed",
        fmt::format("{}: a key that does not belong there", place.empty() ? "record" : place));
  }
  return {};
}

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
  return fields(value, place, k_fields);
}

Status clock(const Value& value, const std::string& place) {
  static constexpr std::array<Field, 4> k_fields = {{{"bootTag", hex},
                                                     {"startedBootMs", integer},
                                                     {"finishedBootMs", integer},
                                                     {"synchronised", nullable<boolean>}}};
  return fields(value, place, k_fields);
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
  return value.size() == 2 ? Status{} : Status(differs(place, "[from, to]"));
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
      {"nonClaims", some<text>},
  }};
  return fields(record, "", k_fields);
}

}  // namespace sourceos::bundle
