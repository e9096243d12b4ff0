// Log lines of our own making: several programs that write at once, as a service's log has them.
// zstd -1 makes them 4 to 5 times smaller. One line in 1,600 holds a secret, invented at run time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/bench/data/random.hpp"

namespace sourceos::bench {

inline constexpr std::uint64_t k_lines_per_secret = 1'600;

class LogText {
 public:
  explicit LogText(std::uint64_t seed) : random_(seed) {}
  // Appends whole lines until `out` has at least `bytes`.
  void fill(std::string& out, std::size_t bytes);
  void append_line(std::string& out);

 private:
  void append_time(std::string& out);
  void append_event(std::string& out);
  void append_secret(std::string& out);
  void append_number(std::string& out, std::uint64_t value);
  void append_padded(std::string& out, std::uint64_t value, unsigned width);

  Random random_;
  std::uint64_t lines_ = 0;
  std::uint64_t time_ms_ = 1'767'225'600'000U;
};

// Exactly that many bytes of it.
[[nodiscard]] std::string log_text(std::size_t bytes, std::uint64_t seed = 1);

}  // namespace sourceos::bench
