#include "collect/collectors/probe.hpp"

#include "collect/collectors/options.hpp"
#include "core/json/json.hpp"

namespace sourceos::collect {

namespace {

constexpr std::size_t k_error_bytes_max = 4096;  // an error text is a line or two

std::string_view status_of(const host::ProcessOutcome& outcome) {
  switch (outcome.end) {
    case host::ProcessEnd::missing: return "missing";
    case host::ProcessEnd::timed_out: return "timeout";
    case host::ProcessEnd::signalled: return "signalled";
    case host::ProcessEnd::exited: break;
  }
  return outcome.status != 0 ? "failed" : outcome.truncated ? "truncated" : "ok";
}

}  // namespace

Probes::Probes(ArtifactSink& sink)
    : sink_(sink), rows_(std::make_unique<json::Value>(json::Value::array())) {}
Probes::~Probes() = default;

std::optional<std::string> Probes::note(std::string_view id,
                                        const Result<host::ToolAnswer>& answer) {
  json::Value row = {{"id", id}, {"argv", json::Value::array()}, {"exitCode", nullptr}};
  if (!answer) {
    row["status"] = answer.error().kind == ErrorKind::timeout ? "timeout" : "failed";
    row["error"] = json_text(answer.error().reason);
    rows_->push_back(std::move(row));
    return std::nullopt;
  }
  const host::ProcessOutcome& outcome = answer->outcome;
  for (const std::string& word : answer->argv) {
    row["argv"].push_back(json_text(word));
  }
  row["status"] = status_of(outcome);
  if (outcome.end != host::ProcessEnd::signalled) {
    row["exitCode"] = outcome.status;
  }
  row["error"] = json_text(std::string_view(outcome.error_output).substr(0, k_error_bytes_max));
  rows_->push_back(std::move(row));
  missing_ = missing_ || outcome.end == host::ProcessEnd::missing;
  return outcome.ok() ? std::optional(outcome.output) : std::nullopt;
}

Result<std::optional<std::string>> Probes::keep(std::string_view id,
                                                Result<host::ToolAnswer> answer,
                                                ProbeEntry entry) {
  std::optional<std::string> output = note(id, answer);
  if (output) {
    Artifact artifact;
    artifact.path = std::move(entry.path);
    artifact.kind = entry.kind;
    artifact.media_type = entry.media_type;
    artifact.hint = entry.hint;
    artifact.content = *output;
    SOURCEOS_TRY(sink_.add(std::move(artifact)));
  }
  return output;
}

}  // namespace sourceos::collect
