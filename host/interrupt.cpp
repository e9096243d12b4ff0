#include "host/interrupt.hpp"

#include <signal.h>

#include <array>

namespace sourceos::host {

namespace {

volatile sig_atomic_t first_signal = 0;
volatile sig_atomic_t held_signal = 0;
volatile sig_atomic_t is_shielded = 0;

extern "C" void note_signal(int number) {
  volatile sig_atomic_t& flag = is_shielded != 0 ? held_signal : first_signal;
  if (flag == 0) {
    flag = number;
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

InterruptShield::InterruptShield() : is_outermost_(is_shielded == 0) {
  if (is_outermost_) {
    held_signal = 0;
    is_shielded = 1;
    // What came before the line above is in the flag, what comes after it is held.
    held_signal = first_signal != 0 ? first_signal : held_signal;
    first_signal = 0;
  }
}

InterruptShield::~InterruptShield() {
  if (is_outermost_) {
    is_shielded = 0;
    first_signal = held_signal != 0 ? held_signal : first_signal;
    held_signal = 0;
  }
}

const volatile int* watch_interrupts() {
  for (const int number : std::array{SIGINT, SIGTERM, SIGHUP}) {
    watch(number);
  }
  return &first_signal;
}

}  // namespace sourceos::host
