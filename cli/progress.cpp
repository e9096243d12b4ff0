#include "cli/progress.hpp"

#include <chrono>

#include <fmt/format.h>

#include "cli/console.hpp"
#include "core/text.hpp"

namespace sourceos::cli {

namespace {

constexpr std::uint64_t k_redraw_ms = 100;

// How long something took is no evidence: the steady clock is read here and nowhere written down.
std::uint64_t steady_ms() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(
      duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count());
}

std::string time_left(std::uint64_t seconds) {
  if (seconds < 60) {
    return fmt::format("{} s left", seconds);
  }
  return fmt::format("{} min {} s left", seconds / 60, seconds % 60);
}

}  // namespace

std::string progress_line(std::string_view what, std::uint64_t done_bytes,
                          std::uint64_t total_bytes, std::uint64_t elapsed_ms) {
  std::string line(what);
  if (total_bytes != 0) {
    line += fmt::format("  {} %  {} of {}", done_bytes >= total_bytes ? 100 : done_bytes * 100 / total_bytes,
                        text::human_bytes(done_bytes), text::human_bytes(total_bytes));
  } else {
    line += "  " + text::human_bytes(done_bytes);
  }
  const std::uint64_t rate = elapsed_ms == 0 ? 0 : done_bytes * 1000 / elapsed_ms;
  if (rate != 0) {
    line += fmt::format("  {}/s", text::human_bytes(rate));
    if (total_bytes > done_bytes) {
      line += "  " + time_left((total_bytes - done_bytes + rate - 1) / rate);
    }
  }
  return line;
}

Progress::Progress(Console& console, std::string_view what, bool shown)
    : console_(console), what_(what), shown_(shown && console.err_is_terminal()),
      started_ms_(steady_ms()) {}

Progress::~Progress() {
  if (drawn_) {
    console_.err("\r\x1b[K");
  }
}

void Progress::set(std::uint64_t done_bytes, std::uint64_t total_bytes) {
  if (!shown_) {
    return;
  }
  const std::lock_guard lock(mutex_);
  const std::uint64_t now = steady_ms();
  if (now - last_ms_ < k_redraw_ms) {
    return;
  }
  last_ms_ = now;
  drawn_ = true;
  console_.err("\r" + progress_line(what_, done_bytes, total_bytes, now - started_ms_) + "\x1b[K");
}

}  // namespace sourceos::cli
