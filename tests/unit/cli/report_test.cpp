#include "cli/report.hpp"

#include "core/json/json.hpp"

using namespace sourceos;
using namespace sourceos::cli;

TEST_CASE("a document has the record's fields and the envelope's") {
  json::Value record = new_record("evidence-list");
  record["rows"] = json::Value::array();
  const Report report(std::move(record), ExitCode::negative, "threshold");
  const json::Value document = report.document();
  CHECK(document["schema"] == "sourceos.evidence-list/v1");
  CHECK(document["result"] == "negative");
  CHECK(document["exitCode"] == 1);
  CHECK(document["reason"] == "threshold");
  CHECK(document["rows"].empty());
}

TEST_CASE("an answer without a reason says null") {
  CHECK(Report(new_record("x")).document()["reason"].is_null());
}

TEST_CASE("an error's record has kind, message and the next command") {
  const Report report = error_report(
      Error(ErrorKind::not_found, "input-missing", "no such file").with_context("open 'x'").with_next("ls"));
  const json::Value document = report.document();
  CHECK(document["exitCode"] == 1);
  CHECK(document["kind"] == "not-found");
  CHECK(document["message"] == "open 'x': no such file");
  CHECK(document["next"] == "ls");
}

TEST_CASE("each kind of error has its exit code") {
  CHECK(exit_code_of(ErrorKind::usage) == ExitCode::usage);
  CHECK(exit_code_of(ErrorKind::not_found) == ExitCode::negative);
  CHECK(exit_code_of(ErrorKind::malformed) == ExitCode::negative);
  CHECK(exit_code_of(ErrorKind::limit) == ExitCode::negative);
  CHECK(exit_code_of(ErrorKind::refused) == ExitCode::negative);
  CHECK(exit_code_of(ErrorKind::permission) == ExitCode::failure);
  CHECK(exit_code_of(ErrorKind::io) == ExitCode::failure);
  CHECK(exit_code_of(ErrorKind::internal) == ExitCode::failure);
  CHECK(exit_code_of(ErrorKind::interrupted) == ExitCode::interrupted);
}
