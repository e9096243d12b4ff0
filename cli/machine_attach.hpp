// Joins the program in a container with the operator's streams, and keeps the transcript.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "host/process_runner.hpp"
#include "redact/pipeline.hpp"
#include "runtime/machine/launch_gates.hpp"
#include "runtime/machine/transcript.hpp"

namespace sourceos::cli {

struct Context;

class Attachment {
 public:
  Attachment(Context& context, const redact::Pipeline& pipeline, const runtime::LaunchPlan& plan);

  // A shell gets a terminal of its own, joined with ours; with --json its output goes to the terminal that
  // standard input is. A tool's output is streamed through redaction to stdout, with --json to
  // stderr; nothing is on its input.
  [[nodiscard]] Result<host::ProcessOutcome> run(const std::vector<std::string>& argv);
  [[nodiscard]] bool has_transcript() const { return transcript_.has_value(); }
  [[nodiscard]] runtime::TranscriptEnd finish() { return transcript_->finish(); }

 private:
  [[nodiscard]] Result<host::ProcessOutcome> run_shell(const std::vector<std::string>& argv);
  [[nodiscard]] Result<host::ProcessOutcome> run_tool(const std::vector<std::string>& argv);
  [[nodiscard]] Status show(std::string_view bytes);

  Context& context_;
  const redact::Pipeline& pipeline_;
  const runtime::LaunchPlan& plan_;
  std::optional<runtime::Transcript> transcript_;
};

}  // namespace sourceos::cli
