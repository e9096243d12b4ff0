#include "host/interrupt.hpp"

#include <signal.h>

#include <array>

namespace sourceos::host {

namespace {

volatile sig_atomic_t first_signal = 0;

extern "C" void note_signal(int number) {
  if (first_signal == 0) {
    first_signal = number;
  }
}

void watch(int number) {
  struct sigaction before{};
  if (::sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) {
    return;  // nohup and background jobs of a plain shell mean it
  }
  struct sigaction action{};
  action.sa_handler = note_signal;
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // no SA_RESTART: a blocked call ends and its caller looks at the flag
  ::sigaction(number, &action, nullptr);
}

}  // namespace

const volatile int* watch_interrupts() {
  for (const int number : std::array{SIGINT, SIGTERM, SIGHUP}) {
    watch(number);
  }
  return &first_signal;
}

}  // namespace sourceos::host
