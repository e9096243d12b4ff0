// What a command function returns: a record for `--json`, from which the text is rendered too, and
// an exit code. And what it is given: the host, the console, and what every command shares.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "core/json/json.hpp"

namespace sourceos::host {
struct Host;
}

namespace sourceos::cli {

class Console;

struct Report {
  // `schema` ("sourceos.evidence-list/v1") names the record's form; `result`, `exitCode` and
  // `reason` are put in by the renderer.
  json::Value record;
  ExitCode code = ExitCode::done;
  std::string reason;
  // The answer went to stdout while the command ran (a stream, a page, a SARIF document): nothing
  // more is printed, except with --json, where a stream cannot be.
  bool already_printed = false;
};

struct Context {
  host::Host& host;
  Console& console;
  std::string program;            // the name we were called by
  std::vector<std::string> path;  // "evidence", "collect"
  std::vector<std::string> argv;  // all of it, raw: for the redactor only
  bool json = false;
  bool quiet = false;
};

// A record of this form: { "schema": "sourceos.<name>/v1" }.
[[nodiscard]] json::Value new_record(std::string_view name);

// The record of an error: the same envelope as every answer.
[[nodiscard]] Report error_report(const Error& error);

}  // namespace sourceos::cli
