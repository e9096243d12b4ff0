// A ProcessStream whose whole answer is known: of a recorded or fake program, or a missing one.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "host/process_runner.hpp"

namespace sourceos::host {

class AnsweredStream : public ProcessStream {
 public:
  explicit AnsweredStream(ProcessOutcome outcome)
      : output_(std::exchange(outcome.output, {})), outcome_(std::move(outcome)) {}

  [[nodiscard]] Result<std::size_t> read(char* buffer, std::size_t size) override {
    const std::size_t count = output_.copy(buffer, size, position_);
    position_ += count;
    return count;
  }
  [[nodiscard]] Result<ProcessOutcome> finish() override { return outcome_; }

 private:
  std::string output_;
  ProcessOutcome outcome_;
  std::size_t position_ = 0;
};

// The outcome of a program that does not exist (agent-machine 2.5).
[[nodiscard]] inline ProcessOutcome missing_program() {
  ProcessOutcome outcome;
  outcome.end = ProcessEnd::missing;
  outcome.status = 127;
  return outcome;
}

}  // namespace sourceos::host
