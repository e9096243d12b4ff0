// The JSON form of heads.json.

#include <fmt/format.h>

#include "bundle/store_heads.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"

namespace sourceos::bundle {

namespace {

constexpr std::string_view k_heads_type = "SourceOSEvidenceHeads";
constexpr std::uint64_t k_heads_version = 1;

json::Value to_value(const Pruned& pruned) {
  return {{"at", pruned.at},
          {"reason", pruned.reason},
          {"rule", pruned.rule},
          {"seq", pruned.seq}};
}

json::Value to_value(const ListRow& row) {
  json::Value pruned = nullptr;
  if (row.pruned) {
    pruned = to_value(*row.pruned);
  }
  json::Value intent = nullptr;
  if (row.intent) {
    intent = *row.intent;
  }
  return {{"at", row.at},
          {"bytes", row.bytes},
          {"command", row.command},
          {"entries", row.entries},
          {"exitCode", row.exit_code},
          {"findings", row.findings},
          {"findingsHigh", row.findings_high},
          {"id", row.id.text()},
          {"imported", row.imported},
          {"intent", intent},
          {"mode", row.mode},
          {"pruned", pruned},
          {"result", row.result},
          {"seq", row.seq},
          {"subjectKind", row.subject_kind},
          {"subjectRef", row.subject_ref}};
}

json::Value to_value(const OpenIntent& intent) {
  return {{"at", intent.at},
          {"command", intent.command},
          {"seq", intent.seq},
          {"subjectKind", intent.subject_kind},
          {"subjectRef", intent.subject_ref}};
}

Pruned read_pruned_row(const json::Value& value) {
  return {value.at("seq").get<std::uint64_t>(), value.at("at").get<std::string>(),
          value.at("rule").get<std::string>(), value.at("reason").get<std::string>()};
}

Result<ListRow> read_row(const json::Value& value) {
  ListRow row;
  SOURCEOS_TRY_ASSIGN(row.id, Digest::parse(value.at("id").get_ref<const std::string&>()));
  value.at("at").get_to(row.at);
  value.at("bytes").get_to(row.bytes);
  value.at("command").get_to(row.command);
  value.at("entries").get_to(row.entries);
  value.at("exitCode").get_to(row.exit_code);
  value.at("findings").get_to(row.findings);
  value.at("findingsHigh").get_to(row.findings_high);
  value.at("imported").get_to(row.imported);
  value.at("mode").get_to(row.mode);
  value.at("result").get_to(row.result);
  value.at("seq").get_to(row.seq);
  value.at("subjectKind").get_to(row.subject_kind);
  value.at("subjectRef").get_to(row.subject_ref);
  if (!value.at("intent").is_null()) {
    row.intent = value.at("intent").get<std::uint64_t>();
  }
  if (!value.at("pruned").is_null()) {
    row.pruned = read_pruned_row(value.at("pruned"));
  }
  return row;
}

OpenIntent read_open(const json::Value& value) {
  OpenIntent intent;
  value.at("at").get_to(intent.at);
  value.at("command").get_to(intent.command);
  value.at("seq").get_to(intent.seq);
  value.at("subjectKind").get_to(intent.subject_kind);
  value.at("subjectRef").get_to(intent.subject_ref);
  return intent;
}

Result<Heads> read_heads(const json::Value& value) {
  if (value.at("type") != k_heads_type || value.at("v") != k_heads_version) {
    return fail(ErrorKind::malformed, "malformed", "expected heads of version 1, there are others");
  }
  Heads heads;
  value.at("logId").get_to(heads.log_id);
  value.at("count").get_to(heads.count);
  value.at("blobBytes").get_to(heads.blob_bytes);
  SOURCEOS_TRY_ASSIGN(heads.root, Digest::parse(value.at("root").get_ref<const std::string&>()));
  for (const json::Value& row : value.at("rows")) {
    SOURCEOS_TRY_ASSIGN(ListRow read, read_row(row));
    heads.rows.push_back(std::move(read));
  }
  for (const json::Value& intent : value.at("open")) {
    heads.open.push_back(read_open(intent));
  }
  return heads;
}

}  // namespace

std::string write_heads(const Heads& heads) {
  json::Value rows = json::Value::array();
  for (const ListRow& row : heads.rows) {
    rows.push_back(to_value(row));
  }
  json::Value open = json::Value::array();
  for (const OpenIntent& intent : heads.open) {
    open.push_back(to_value(intent));
  }
  const auto text = json::write_canonical({{"blobBytes", heads.blob_bytes},
                                           {"count", heads.count},
                                           {"logId", heads.log_id},
                                           {"open", open},
                                           {"root", heads.root.text()},
                                           {"rows", rows},
                                           {"type", k_heads_type},
                                           {"v", k_heads_version}});
  return text ? *text : std::string();  // then the next reader makes it anew
}

bool says_the_same(const Heads& left, const Heads& right) {
  Heads adjusted = left;
  adjusted.blob_bytes = right.blob_bytes;
  return write_heads(adjusted) == write_heads(right);
}

// A cache that lies about its shape is made anew, so nlohmann's checks are enough.
Result<Heads> parse_heads(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse(text));
  try {
    return read_heads(value);
  } catch (const json::Value::exception&) {
    return fail(ErrorKind::malformed, "malformed", "expected heads of the store, this is not");
  }
}

}  // namespace sourceos::bundle
