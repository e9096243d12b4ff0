// Answers of tools kept in a folder (samples/hosts/<name>/): a recorder that saves what it saw and
// a player that gives it again. The folder's format is described in the source file.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/process_runner.hpp"

namespace sourceos::host {

struct RecordedCommand {
  std::vector<std::string> argv;  // "<any>" in an argument stands for any text
  ProcessOutcome outcome;
};

// Passes everything on to another runner and keeps what came back; save() writes the folder.
// For developers and tests: what it writes is not redacted.
class RecordingProcessRunner : public ProcessRunner {
 public:
  RecordingProcessRunner(ProcessRunner& inner, std::filesystem::path folder);
  ~RecordingProcessRunner() override;

  [[nodiscard]] Result<ProcessOutcome> run(const ProcessRequest& request) override;
  [[nodiscard]] Result<std::unique_ptr<ProcessStream>> start(
      const ProcessRequest& request) override;
  [[nodiscard]] Status save() const;

 private:
  ProcessRunner& inner_;
  std::filesystem::path folder_;
  std::mutex mutex_;
  std::vector<RecordedCommand> commands_;
};

// The first recorded command that fits answers. A program that no command names is `missing`; a
// known program with other arguments is an Error `unavailable`, reason "not-recorded".
class PlayingProcessRunner : public ProcessRunner {
 public:
  [[nodiscard]] static Result<PlayingProcessRunner> load(const std::filesystem::path& folder);
  explicit PlayingProcessRunner(std::vector<RecordedCommand> commands);

  [[nodiscard]] Result<ProcessOutcome> run(const ProcessRequest& request) override;
  [[nodiscard]] Result<std::unique_ptr<ProcessStream>> start(
      const ProcessRequest& request) override;

 private:
  std::vector<RecordedCommand> commands_;
};

}  // namespace sourceos::host
