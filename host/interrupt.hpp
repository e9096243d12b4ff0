// INT, TERM and HUP set a flag that long work looks at; nothing else happens in a handler.
#pragma once

namespace sourceos::host {

// Installs the handlers (a signal that was ignored at the start stays so) and gives the flag:
// 0, or the number of the first signal that came. The same flag at every call.
[[nodiscard]] const volatile int* watch_interrupts();

// While one lives, the flag is 0 and stays so: what undoes an interrupted action, and the programs
// that it starts, are not interrupted by the signal that asked for it, nor by a second one. At its
// end the flag says again what came first.
class InterruptShield {
 public:
  InterruptShield();
  ~InterruptShield();
  InterruptShield(const InterruptShield&) = delete;
  InterruptShield& operator=(const InterruptShield&) = delete;

 private:
  bool is_outermost_;
};

}  // namespace sourceos::host
