// A folder of recorded answers:
//
//   commands.json   { "commands": [ command... ] }, the first that fits answers
//   <any name>      the bytes of a stream
//
//   command = { "argv": [program, argument...],   program by its last path component
//               "end": "exited"|"signalled"|"timed-out"|"missing",   absent: exited
//               "status": n,                                         absent: 0
//               "output": file name, "errorOutput": file name,       absent: nothing
//               "outputText": text, "errorOutputText": text }        short answers written by hand
//
// In an argument, "<any>" stands for any text: for paths of scratch directories.

#include "host/recorded_process_runner.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/text.hpp"
#include "host/answered_stream.hpp"
#include "host/files.hpp"

namespace sourceos::host {

namespace {

constexpr std::string_view k_any = "<any>";
constexpr std::uint64_t k_recorded_bytes_max = 64 * limits::k_mib;

struct NamedEnd {
  ProcessEnd end;
  std::string_view name;
};
constexpr std::array<NamedEnd, 4> k_ends = {{
    {ProcessEnd::exited, "exited"},
    {ProcessEnd::signalled, "signalled"},
    {ProcessEnd::timed_out, "timed-out"},
    {ProcessEnd::missing, "missing"},
}};

std::string program_name(const std::string& program) {
  return fs::path(program).filename().native();
}

bool argument_fits(std::string_view recorded, std::string_view asked) {
  const std::size_t gap = recorded.find(k_any);
  if (gap == std::string_view::npos) {
    return recorded == asked;
  }
  if (!asked.starts_with(recorded.substr(0, gap))) {
    return false;
  }
  const std::string_view rest = recorded.substr(gap + k_any.size());
  for (std::size_t from = gap; from <= asked.size(); ++from) {
    if (argument_fits(rest, asked.substr(from))) {
      return true;
    }
  }
  return false;
}

bool command_fits(const RecordedCommand& command, const std::vector<std::string>& argv) {
  return command.argv.size() == argv.size() &&
         program_name(command.argv.front()) == program_name(argv.front()) &&
         std::equal(command.argv.begin() + 1, command.argv.end(), argv.begin() + 1,
                    argument_fits);
}

Result<std::string> read_stream(const fs::path& folder, const json::Value& command,
                                const std::string& key) {
  if (command.contains(key + "Text")) {
    return command.at(key + "Text").get<std::string>();
  }
  if (!command.contains(key)) {
    return std::string();
  }
  return read_file(folder / command.at(key).get<std::string>(), k_recorded_bytes_max);
}

Result<ProcessEnd> read_end(const json::Value& command) {
  const std::string name = command.value("end", "exited");
  for (const NamedEnd& known : k_ends) {
    if (known.name == name) {
      return known.end;
    }
  }
  return fail(ErrorKind::malformed, "recording-invalid",
              fmt::format("expected an end that is known, there is '{}'", name));
}

int usual_status(ProcessEnd end) {
  return end == ProcessEnd::timed_out ? 124 : end == ProcessEnd::missing ? 127 : 0;
}

Result<RecordedCommand> read_command(const fs::path& folder, const json::Value& value) {
  RecordedCommand command;
  command.argv = value.at("argv").get<std::vector<std::string>>();
  if (command.argv.empty()) {
    return fail(ErrorKind::malformed, "recording-invalid",
                "expected an argument vector, there is an empty one");
  }
  SOURCEOS_TRY_ASSIGN(command.outcome.end, read_end(value));
  command.outcome.status = value.value("status", usual_status(command.outcome.end));
  SOURCEOS_TRY_ASSIGN(command.outcome.output, read_stream(folder, value, "output"));
  SOURCEOS_TRY_ASSIGN(command.outcome.error_output, read_stream(folder, value, "errorOutput"));
  return command;
}

Result<std::vector<RecordedCommand>> read_commands(const fs::path& folder,
                                                   const json::Value& document) {
  std::vector<RecordedCommand> commands;
  try {
    for (const json::Value& value : document.at("commands")) {
      SOURCEOS_TRY_ASSIGN(RecordedCommand command, read_command(folder, value));
      commands.push_back(std::move(command));
    }
  } catch (const json::Value::exception&) {
    return fail(ErrorKind::malformed, "recording-invalid",
                "expected commands with 'argv' and streams, there is another shape");
  }
  return commands;
}

// A stream that is text and short stays in the table, where a person can read and change it.
Status write_stream(const fs::path& folder, const std::string& file_name,
                    const std::string& bytes, const std::string& key, json::Value& command) {
  constexpr std::size_t k_inline_bytes_max = 200;
  if (bytes.empty()) {
    return {};
  }
  if (bytes.size() <= k_inline_bytes_max && text::is_utf8(bytes)) {
    command[key + "Text"] = bytes;
    return {};
  }
  command[key] = file_name;
  return write_file_atomically(folder / file_name, bytes, 0644, Durability::none);
}

Result<json::Value> write_command(const fs::path& folder, std::size_t number,
                                  const RecordedCommand& recorded) {
  const std::string program = program_name(recorded.argv.front());
  const std::string stem = fmt::format("{:03}-{}", number, program);
  json::Value command;
  command["argv"] = recorded.argv;
  command["argv"][0] = program;
  const auto* known = std::ranges::find(k_ends, recorded.outcome.end, &NamedEnd::end);
  command["end"] = known->name;
  command["status"] = recorded.outcome.status;
  SOURCEOS_TRY(write_stream(folder, stem + ".out", recorded.outcome.output, "output", command));
  SOURCEOS_TRY(write_stream(folder, stem + ".err", recorded.outcome.error_output, "errorOutput",
                            command));
  return command;
}

// Keeps what passes through, and hands it to the recorder when the program has ended.
class RecordingStream : public ProcessStream {
 public:
  using Keep = std::function<void(ProcessOutcome)>;
  RecordingStream(std::unique_ptr<ProcessStream> inner, Keep keep)
      : inner_(std::move(inner)), keep_(std::move(keep)) {}

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    SOURCEOS_TRY_ASSIGN(const std::size_t count, inner_->read(buffer, size));
    output_.append(buffer, count);
    return count;
  }
  Result<ProcessOutcome> finish() override {
    SOURCEOS_TRY_ASSIGN(ProcessOutcome outcome, inner_->finish());
    ProcessOutcome kept = outcome;
    kept.output = std::move(output_);
    keep_(std::move(kept));
    return outcome;
  }

 private:
  std::unique_ptr<ProcessStream> inner_;
  Keep keep_;
  std::string output_;
};

}  // namespace

RecordingProcessRunner::RecordingProcessRunner(ProcessRunner& inner, fs::path folder)
    : inner_(inner), folder_(std::move(folder)) {}

RecordingProcessRunner::~RecordingProcessRunner() = default;

Result<ProcessOutcome> RecordingProcessRunner::run(const ProcessRequest& request) {
  SOURCEOS_TRY_ASSIGN(ProcessOutcome outcome, inner_.run(request));
  const std::lock_guard lock(mutex_);
  commands_.push_back({request.argv, outcome});
  return outcome;
}

Result<std::unique_ptr<ProcessStream>> RecordingProcessRunner::start(
    const ProcessRequest& request) {
  SOURCEOS_TRY_ASSIGN(std::unique_ptr<ProcessStream> stream, inner_.start(request));
  return std::make_unique<RecordingStream>(
      std::move(stream), [this, argv = request.argv](ProcessOutcome outcome) {
        const std::lock_guard lock(mutex_);
        commands_.push_back({argv, std::move(outcome)});
      });
}

Status RecordingProcessRunner::save() const {
  SOURCEOS_TRY(make_directories(folder_, 0755));
  json::Value document = {{"commands", json::Value::array()}};
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    SOURCEOS_TRY_ASSIGN(json::Value command, write_command(folder_, i, commands_[i]));
    document["commands"].push_back(std::move(command));
  }
  try {
    return write_file_atomically(folder_ / "commands.json", document.dump(2) + "\n", 0644,
                                 Durability::none);
  } catch (const json::Value::exception&) {
    return fail(ErrorKind::malformed, "recording-invalid",
                "expected arguments in UTF-8, there is one that is not");
  }
}

PlayingProcessRunner::PlayingProcessRunner(std::vector<RecordedCommand> commands)
    : commands_(std::move(commands)) {}

Result<PlayingProcessRunner> PlayingProcessRunner::load(const fs::path& folder) {
  const std::string doing = fmt::format("read recorded host '{}'", folder.native());
  SOURCEOS_TRY_ASSIGN_CONTEXT(const std::string bytes,
                              read_file(folder / "commands.json", limits::k_json_bytes_max), doing);
  SOURCEOS_TRY_ASSIGN_CONTEXT(const json::Value document, json::parse(bytes), doing);
  SOURCEOS_TRY_ASSIGN_CONTEXT(std::vector<RecordedCommand> commands,
                              read_commands(folder, document), doing);
  return PlayingProcessRunner(std::move(commands));
}

Result<ProcessOutcome> PlayingProcessRunner::run(const ProcessRequest& request) {
  bool is_known = false;
  for (const RecordedCommand& command : commands_) {
    if (command_fits(command, request.argv)) {
      ProcessOutcome outcome = command.outcome;
      outcome.truncated = outcome.output.size() > request.output_bytes_max;
      outcome.output.resize(std::min<std::size_t>(outcome.output.size(), request.output_bytes_max));
      return outcome;
    }
    is_known = is_known || program_name(command.argv.front()) == program_name(request.argv.front());
  }
  if (!is_known) {
    return missing_program();
  }
  return fail(ErrorKind::unavailable, "not-recorded",
              fmt::format("expected a recorded answer to '{}', there is none",
                          fmt::join(request.argv, " ")));
}

Result<std::unique_ptr<ProcessStream>> PlayingProcessRunner::start(const ProcessRequest& request) {
  ProcessRequest whole = request;
  whole.output_bytes_max = k_recorded_bytes_max;  // a stream has no cap of its own
  SOURCEOS_TRY_ASSIGN(ProcessOutcome outcome, run(whole));
  return std::make_unique<AnsweredStream>(std::move(outcome));
}

}  // namespace sourceos::host
