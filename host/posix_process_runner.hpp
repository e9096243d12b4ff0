// Starts real programs (rules: host/process_runner.hpp).
#pragma once

#include <memory>

#include "host/environment.hpp"
#include "host/process_runner.hpp"

namespace sourceos::host {

class ToolFinder;

class PosixProcessRunner : public ProcessRunner {
 public:
  // Children see `variables` (from child_environment) and what their request adds; names without
  // '/' are looked up by `tools`. When *interrupted becomes non-zero, a running child's group is
  // killed and the call ends with ErrorKind::interrupted.
  PosixProcessRunner(Variables variables, ToolFinder& tools,
                     const volatile int* interrupted = nullptr);

  [[nodiscard]] Result<ProcessOutcome> run(const ProcessRequest& request) override;
  // The thread that starts a stream must outlive it: the kernel kills the child when its parent
  // thread ends.
  [[nodiscard]] Result<std::unique_ptr<ProcessStream>> start(
      const ProcessRequest& request) override;

 private:
  Variables variables_;
  ToolFinder& tools_;
  const volatile int* interrupted_;
};

}  // namespace sourceos::host
