#include "bundle/record.hpp"

#include <doctest/doctest.h>

#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "tests/unit/bundle/sample_record.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using tests::sample_record;

TEST_CASE("a record is canonical JSON with the fields of the format") {
  const std::string bytes = write_record(sample_record()).value();
  const json::Value value = parse_record(bytes).value();
  CHECK(json::write_canonical(value).value() == bytes);
  CHECK(value.size() == 42);
  CHECK(value.at("type") == "SourceOSEvidenceBundle");
  CHECK(value.at("finishedAt") == "2026-01-01T00:00:00.25Z");
  CHECK(value.at("outcome").at("started").is_null());
  CHECK(value.at("sequence").at("openIntents") == json::Value::array({3U, 6U}));
  CHECK(value.at("toolVersions").at(0).at("sha256") == sha256("git").text());
  CHECK(value.at("toolVersions").at(1).at("owner").is_null());
  CHECK(value.at("redaction").at("byRule").at(1).at("value") == 2U);
  CHECK(value.at("findings").at(0).at("byteRange") == json::Value::array({10U, 20U}));
  CHECK(value.at("receiptSafety").at("secretValuesIncluded") == false);
  CHECK(value.at("keyCustody") == "file");
  CHECK(value.at("supersedes").is_null());
}

TEST_CASE("only what is known or looked at may be absent") {
  Record record = sample_record();
  record.workspace_id.reset();
  record.profile_ref.reset();
  record.profile_hash.reset();
  record.auth.reset();
  record.nonce.reset();
  record.recipients.clear();
  record.case_name.reset();
  record.examiner.reset();
  record.note.reset();
  record.image.reset();
  record.git_ref = {};
  const json::Value value = parse_record(write_record(record).value()).value();
  CHECK(value.size() == 33);
  CHECK(value.at("imageDigest").is_null());
  CHECK(value.at("gitRef").size() == 5);
  CHECK(value.at("gitRef").at("head").is_null());
}

TEST_CASE("text that JSON cannot hold is escaped, not refused") {
  Record record = sample_record();
  record.command.argv = {redact::Pipeline::text(std::string_view("a\xFF\0", 3))};
  const json::Value value = parse_record(write_record(record).value()).value();
  CHECK(value.at("command").at("argvRedacted").at(0) == "a%FF%00");
}

TEST_CASE("a record that a reader would refuse is not written") {
  Record record = sample_record();
  record.run_id = "no hex";
  CHECK(write_record(record).error().kind == ErrorKind::internal);
  record = sample_record();
  record.non_claims.clear();
  CHECK(write_record(record).error().kind == ErrorKind::internal);
}

TEST_CASE("a record past its size is refused by writer and reader") {
  Record record = sample_record();
  record.note = redact::Pipeline::text(std::string(limits::k_record_bytes_max, 'x'));
  CHECK(write_record(record).error().kind == ErrorKind::limit);
  CHECK(parse_record(std::string(limits::k_record_bytes_max + 1, ' ')).error().reason == "limit");
}

TEST_CASE("a record of another version is told apart from a broken one") {
  std::string bytes = write_record(sample_record()).value();
  bytes.replace(bytes.find(R"("specVersion":"1.0.0")"), 21, R"("specVersion":"1.1.0")");
  CHECK(parse_record(bytes).error().reason == "spec-version");
  CHECK(parse_record(bytes + " ").error().reason == "malformed");
  CHECK(parse_record("{}").error().reason == "schema");
  CHECK(parse_record("[]").error().reason == "schema");
}
