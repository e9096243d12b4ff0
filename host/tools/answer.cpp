#include "host/tools/answer.hpp"

#include "core/text.hpp"

namespace sourceos::host {

std::vector<std::pair<std::string, std::string>> plain_locale() {
  return {{"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}};
}

Result<ToolAnswer> ask(ProcessRunner& runner, std::vector<std::string> argv,
                       std::uint64_t timeout_ms, std::uint64_t output_bytes_max) {
  ProcessRequest request;
  request.argv = std::move(argv);
  request.environment = plain_locale();
  request.timeout_ms = timeout_ms;
  request.output_bytes_max = output_bytes_max;
  SOURCEOS_TRY_ASSIGN(ProcessOutcome outcome, runner.run(request));
  return ToolAnswer{std::move(request.argv), std::move(outcome)};
}

ProcessOutcome as_text(ProcessOutcome outcome) {
  for (std::string* stream : {&outcome.output, &outcome.error_output}) {
    if (!text::is_utf8(*stream) || stream->find('\0') != std::string::npos) {
      *stream = text::for_display(*stream);
    }
  }
  return outcome;
}

}  // namespace sourceos::host
