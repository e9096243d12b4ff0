#include "cli/machine_attach.hpp"

#include <array>

#include "cli/console.hpp"
#include "cli/report.hpp"
#include "host/environment.hpp"
#include "host/host.hpp"
#include "host/terminal_process.hpp"
#include "host/tool_finder.hpp"

namespace sourceos::cli {

namespace {

constexpr int k_standard_input = 0;
// A tool may work for long; who wants less interrupts it.
constexpr std::uint64_t k_tool_timeout_ms = 7ULL * 24 * 3600 * 1000;

}  // namespace

Attachment::Attachment(Context& context, const redact::Pipeline& pipeline,
                       const runtime::LaunchPlan& plan)
    : context_(context), pipeline_(pipeline), plan_(plan) {
  if (plan.transcript == "off") {
    return;
  }
  const host::TerminalSize size = host::terminal_size(k_standard_input);
  transcript_.emplace(pipeline,
                      runtime::TranscriptOptions{.bytes_max = plan.transcript_bytes_max,
                                                 .columns = size.columns,
                                                 .rows = size.rows,
                                                 .started_at = context.host.clock.now(),
                                                 .keeps_text = plan.transcript == "redacted"});
}

Result<host::ProcessOutcome> Attachment::run(const std::vector<std::string>& argv) {
  return plan_.container.is_interactive ? run_shell(argv) : run_tool(argv);
}

Result<host::ProcessOutcome> Attachment::run_shell(const std::vector<std::string>& argv) {
  std::string program = argv.front();
  if (program.find('/') == std::string::npos) {
    SOURCEOS_TRY_ASSIGN(const host::Tool tool, context_.tools.find(program));
    program = tool.path.string();
  }
  host::TerminalRequest request;
  request.program = std::move(program);
  request.argv = argv;
  request.environment = host::child_environment(context_.host.environment);
  request.environment.insert(request.environment.end(), plan_.podman_environment.begin(),
                             plan_.podman_environment.end());
  request.interrupted = context_.host.interrupted;
  host::Descriptor terminal;
  if (context_.json) {  // standard output is for the one document
    SOURCEOS_TRY_ASSIGN(terminal, host::output_of_terminal(request.input));
    request.output = terminal.get();
  }
  request.on_output = [this](std::string_view bytes) {
    if (transcript_) {
      transcript_->output(bytes);
    }
  };
  request.on_resize = [this](host::TerminalSize size) {
    if (transcript_) {
      transcript_->resize(size.columns, size.rows);
    }
  };
  return host::run_in_terminal(request);
}

Status Attachment::show(std::string_view bytes) {
  if (bytes.empty()) {
    return {};
  }
  if (context_.json) {
    context_.console.err(std::string(bytes));
    return {};
  }
  return context_.console.out(bytes);
}

Result<host::ProcessOutcome> Attachment::run_tool(const std::vector<std::string>& argv) {
  host::ProcessRequest request;
  request.argv = argv;
  request.environment = plan_.podman_environment;
  request.timeout_ms = k_tool_timeout_ms;
  request.join_error_output = true;
  SOURCEOS_TRY_ASSIGN(const auto stream, context_.host.processes.start(request));
  redact::DocumentOptions as_text;
  as_text.format = redact::Format::text;
  redact::StreamRedactor shown = pipeline_.stream(as_text);
  std::array<char, 65'536> buffer{};
  while (true) {
    const auto count = stream->read(buffer.data(), buffer.size());
    if (!count) {
      return fail(count.error());
    }
    if (*count == 0) {
      break;
    }
    const std::string_view bytes(buffer.data(), *count);
    if (transcript_) {
      transcript_->output(bytes);
    }
    SOURCEOS_TRY(show(shown.feed(bytes).bytes()));
  }
  SOURCEOS_TRY(show(shown.finish().last.bytes()));
  return stream->finish();
}

}  // namespace sourceos::cli
