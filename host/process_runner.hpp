// The one way to start a program: an argument vector in, an outcome out; never a shell line.
// Security S-24: the child gets descriptors 0, 1, 2 only, a session and process group of its own
// (killed as one), PR_SET_PDEATHSIG, and an environment built from an allow list.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/limits.hpp"
#include "core/result.hpp"

namespace sourceos::host {

struct ProcessRequest {
  std::vector<std::string> argv;  // argv[0]: an absolute path, or a name resolved by ToolFinder
  std::string working_directory;  // empty: ours
  std::string input;              // given on stdin, then closed
  std::vector<std::pair<std::string, std::string>> environment;  // added to the allow-listed one
  std::uint64_t timeout_ms = limits::k_probe_timeout_ms;
  std::uint64_t output_bytes_max = limits::k_probe_output_bytes_max;  // each stream
  bool join_error_output = false;  // stderr goes where stdout goes, in the order written
};

enum class ProcessEnd { exited, signalled, timed_out, missing };

struct ProcessOutcome {
  ProcessEnd end = ProcessEnd::exited;
  int status = 0;  // exit status; signal number; 124 timed out; 127 missing
  std::string output;
  std::string error_output;
  bool truncated = false;  // a stream was longer than its cap: the rest was read and dropped
  std::uint64_t elapsed_ms = 0;

  [[nodiscard]] bool ok() const { return end == ProcessEnd::exited && status == 0; }
};

// A running program whose stdout (with stderr joined when asked) is read as it comes.
class ProcessStream {
 public:
  virtual ~ProcessStream() = default;
  // Up to `size` bytes; 0 when the program has closed its output or its time is up.
  [[nodiscard]] virtual Result<std::size_t> read(char* buffer, std::size_t size) = 0;
  // Waits for (or after the time limit kills) the program. `output` of the outcome is empty.
  [[nodiscard]] virtual Result<ProcessOutcome> finish() = 0;
};

class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;
  // An exit status other than 0 is an outcome; only "could not be run at all" is an Error, and a
  // program that does not exist is the outcome `missing`.
  [[nodiscard]] virtual Result<ProcessOutcome> run(const ProcessRequest& request) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<ProcessStream>> start(const ProcessRequest& request) = 0;
};

}  // namespace sourceos::host
