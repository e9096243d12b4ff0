// One running child: feeds its input, drains both its streams to the end, kills its group when its
// time is up. The states are told in the source file.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

#include "host/files.hpp"
#include "host/hardening.hpp"
#include "host/process_runner.hpp"

namespace sourceos::host {

// Our ends of a child's streams, non-blocking. `input` may be empty: nothing to feed.
struct ChildPipes {
  Descriptor input;
  Descriptor output;
  Descriptor error_output;  // empty when joined with output
};

class PosixProcess : public ProcessStream {
 public:
  PosixProcess(pid_t pid, ChildPipes pipes, const ProcessRequest& request,
               const volatile int* interrupted);
  ~PosixProcess() override;
  PosixProcess(const PosixProcess&) = delete;
  PosixProcess& operator=(const PosixProcess&) = delete;

  [[nodiscard]] Result<std::size_t> read(char* buffer, std::size_t size) override;
  // What is left of the output is read and dropped first.
  [[nodiscard]] Result<ProcessOutcome> finish() override;

 private:
  using Clock = std::chrono::steady_clock;
  enum class Stage { running, lingering, terminated, killed, abandoned };

  [[nodiscard]] Status turn();
  [[nodiscard]] int wait_ms() const;
  void feed_input();
  void drain_error_output();
  void look_for_exit();
  void act_on_deadline();
  void abandon();
  void signal_group(int number) const;
  void reap(ProcessOutcome& outcome);

  pid_t pid_;
  Descriptor pid_descriptor_;  // empty where the kernel has none: then we look often
  ChildPipes pipes_;
  std::string input_;
  std::size_t input_done_ = 0;
  std::uint64_t output_bytes_max_;
  const volatile int* interrupted_;
  RawBuffer scratch_;
  std::string error_output_;
  Stage stage_ = Stage::running;
  Clock::time_point started_ = Clock::now();
  Clock::time_point deadline_;
  bool output_ready_ = false;
  bool has_exited_ = false;
  bool timed_out_ = false;
  bool truncated_ = false;
};

}  // namespace sourceos::host
