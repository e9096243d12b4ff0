// Keeps raw bytes in this process (security S-24): no core dump, no ptrace by the same user, no
// dump of buffers; and new files are ours alone (L-9).
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/result.hpp"

namespace sourceos::host {

// To be called first thing in main: umask 077, PR_SET_DUMPABLE 0, RLIMIT_CORE 0, and descriptors
// 0, 1, 2 open (on /dev/null when they were closed) so that no file of ours takes their number.
[[nodiscard]] Status harden_process();

// A buffer for raw bytes: left out of dumps, empty in a forked child, zeroed before it is freed
// or handed to another source.
class RawBuffer {
 public:
  explicit RawBuffer(std::size_t size);  // rounded up to whole pages
  ~RawBuffer();
  RawBuffer(RawBuffer&& other) noexcept;
  RawBuffer& operator=(RawBuffer&& other) noexcept;

  [[nodiscard]] char* data() { return data_; }
  [[nodiscard]] const char* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  void wipe();

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

// Zeroes bytes in a way that the compiler keeps.
void wipe(std::span<char> bytes);
void wipe(std::string& bytes);  // and empties it

}  // namespace sourceos::host
