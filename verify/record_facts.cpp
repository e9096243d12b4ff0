#include "verify/record_facts.hpp"

#include "bundle/record.hpp"
#include "core/json/json.hpp"

namespace sourceos::verify {
namespace {

// parse_record has checked every type, so these cannot throw.
std::string text_or_empty(const json::Value& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

void read_git_and_image(const json::Value& record, RecordFacts& facts) {
  const json::Value& git = record.at("gitRef");
  if (git.at("head").is_string()) {
    facts.git_head = git.at("head").get<std::string>();
  }
  if (git.at("dirty").is_boolean()) {
    facts.git_dirty = git.at("dirty").get<bool>();
  }
  const json::Value& image = record.at("imageDigest");
  if (image.is_object()) {
    facts.has_image = true;
    facts.is_image_pinned = image.at("digest").is_string() && image.at("present").get<bool>();
  }
}

void read_redaction(const json::Value& record, RecordFacts& facts) {
  const json::Value& redaction = record.at("redaction");
  facts.complete = redaction.at("complete").get<bool>();
  facts.ruleset_digest = redaction.at("rulesetDigest").get<std::string>();
  for (const json::Value& row : redaction.at("byRule")) {
    facts.by_rule.push_back({row.at("name").get<std::string>(), row.at("value").get<std::uint64_t>()});
  }
  for (const json::Value& row : redaction.at("byClass")) {
    facts.masked += row.at("value").get<std::uint64_t>();
  }
  const json::Value& safety = record.at("receiptSafety");
  facts.includes_raw_content = safety.at("includeRawContent").get<bool>();
  for (const char* key : {"rawPromptContentIncluded", "rawKvCacheContentIncluded",
                          "secretValuesIncluded", "privateMemoryIncluded"}) {
    facts.claims_other_raw_content |= safety.at(key).get<bool>();
  }
}

void read_lists(const json::Value& record, RecordFacts& facts) {
  for (const json::Value& row : record.at("collectors")) {
    facts.collectors.push_back(
        {row.at("name").get<std::string>(), row.at("status").get<std::string>(),
         row.at("entries").get<std::uint64_t>(), row.at("bytes").get<std::uint64_t>()});
  }
  for (const json::Value& row : record.at("toolVersions")) {
    facts.tools.push_back({row.at("name").get<std::string>(), text_or_empty(row.at("version")),
                           row.at("status").get<std::string>(), text_or_empty(row.at("sha256"))});
  }
  for (const json::Value& row : record.at("findings")) {
    facts.findings.push_back(
        {row.at("entry").get<std::string>(), row.at("byteRange").at(1).get<std::uint64_t>()});
    facts.high_findings += row.at("severity") == "high" ? 1U : 0U;
  }
}

}  // namespace

Result<RecordFacts> read_record_facts(std::string_view bytes) {
  SOURCEOS_TRY_ASSIGN(const json::Value record, bundle::parse_record(bytes));
  RecordFacts facts;
  facts.mode = record.at("mode").get<std::string>();
  facts.subject = record.at("subject").at("ref").get<std::string>();
  facts.finished_at = record.at("finishedAt").get<std::string>();
  SOURCEOS_TRY_ASSIGN(facts.finished, parse_time(facts.finished_at));
  const json::Value& sequence = record.at("sequence");
  facts.log_id = sequence.at("logId").get<std::string>();
  facts.seq = sequence.at("seq").get<std::uint64_t>();
  if (!sequence.at("intent").is_null()) {
    facts.intent = sequence.at("intent").get<std::uint64_t>();
  }
  facts.test_seams = record.at("testSeams").get<bool>();
  facts.key_custody = record.at("keyCustody").get<std::string>();
  if (record.contains("nonce")) {
    facts.nonce = record.at("nonce").get<std::string>();
  }
  const json::Value& entries = record.at("entries");
  facts.entry_count = entries.at("count").get<std::uint64_t>();
  facts.entry_bytes = entries.at("bytes").get<std::uint64_t>();
  SOURCEOS_TRY_ASSIGN(facts.index_digest,
                      bundle::Digest::parse(entries.at("indexDigest").get<std::string>()));
  read_redaction(record, facts);
  read_git_and_image(record, facts);
  read_lists(record, facts);
  return facts;
}

}  // namespace sourceos::verify
