// Random bytes from the system, and a stream that follows from a seed for tests (SOURCEOS_SEED).
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "host/host.hpp"

namespace sourceos::host {

class SystemRandom : public Random {
 public:
  [[nodiscard]] std::string bytes(std::size_t count) override;
};

// The n-th call of two objects with the same seed gives the same bytes. Safe to share by threads,
// though then the order of calls is theirs.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::string_view seed);
  [[nodiscard]] std::string bytes(std::size_t count) override;

 private:
  std::mutex mutex_;
  std::array<std::uint8_t, 32> key_{};
  std::uint64_t calls_ = 0;
};

}  // namespace sourceos::host
