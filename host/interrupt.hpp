// INT, TERM and HUP set a flag that long work looks at; nothing else happens in a handler.
#pragma once

namespace sourceos::host {

// Installs the handlers (a signal that was ignored at the start stays so) and gives the flag:
// 0, or the number of the first signal that came. The same flag at every call.
[[nodiscard]] const volatile int* watch_interrupts();

}  // namespace sourceos::host
