// What a command function returns: a record for `--json`, from which the text is rendered too, and
// an exit code. And what it is given: the host, the console, and what every command shares.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::host {
struct Host;
class ToolFinder;
}

namespace sourceos::cli {

class Console;

class Report {
 public:
  // `record` has a `schema` ("sourceos.evidence-list/v1") that names its form.
  Report(json::Value record, ExitCode code = ExitCode::done, std::string_view reason = {});
  ~Report();
  Report(Report&&) noexcept;
  Report& operator=(Report&&) noexcept;

  [[nodiscard]] json::Value& record() { return *record_; }
  [[nodiscard]] const json::Value& record() const { return *record_; }
  [[nodiscard]] ExitCode code() const { return code_; }
  // The whole document: the record with `result`, `exitCode` and `reason` in it.
  [[nodiscard]] json::Value document() const;

  // The answer went to stdout while the command ran (a stream, a page, another format): nothing
  // more is printed there.
  Report already_printed() &&;
  [[nodiscard]] bool is_printed() const { return printed_; }

 private:
  std::unique_ptr<json::Value> record_;
  ExitCode code_;
  std::string reason_;
  bool printed_ = false;
};

struct Context {
  host::Host& host;
  host::ToolFinder& tools;
  Console& console;
  std::string_view version;
  std::string program;            // the name we were called by
  std::vector<std::string> path = {};  // "evidence", "collect"
  std::vector<std::string> argv = {};  // all of it, raw: for the redactor only
  bool json = false;
  bool quiet = false;
  std::string evidence = {};  // --evidence as given: empty, "none" or a directory

  // A note for people on stderr; dropped with --quiet. The text is shown by for_display.
  void note(std::string_view words) const;
  // "sourceosctl evidence show ..." for a `next`.
  [[nodiscard]] std::string command_line(std::string_view arguments) const;
};

// { "schema": "sourceos.<name>/v1" }.
[[nodiscard]] json::Value new_record(std::string_view name);

// The record of an error: the same envelope as every answer.
[[nodiscard]] Report error_report(const Error& error);

}  // namespace sourceos::cli
