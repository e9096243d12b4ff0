// One line on stderr that says how far long work is, how fast and how long still; only when stderr
// is a terminal.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace sourceos::cli {

class Console;

class Progress {
 public:
  // `what` is ours ("verify"). Nothing is shown when `shown` is false.
  Progress(Console& console, std::string_view what, bool shown);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Safe from several threads; draws at most ten times a second. `total` 0: not known.
  void set(std::uint64_t done_bytes, std::uint64_t total_bytes);

 private:
  Console& console_;
  std::string what_;
  bool shown_;
  bool drawn_ = false;
  std::mutex mutex_;
  std::uint64_t started_ms_;
  std::uint64_t last_ms_ = 0;
};

// "verify  35 %  1.2 GiB of 3.4 GiB  512.0 MiB/s  4 s left": what stands on the line.
[[nodiscard]] std::string progress_line(std::string_view what, std::uint64_t done_bytes,
                                        std::uint64_t total_bytes, std::uint64_t elapsed_ms);

}  // namespace sourceos::cli
