// The program. It ends by _exit: a thread that hangs in a read of a dead mount must not hold it.
#include <unistd.h>

#include <string>
#include <vector>

#include "cli/app.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "host/hardening.hpp"
#include "host/system_host.hpp"

namespace {

int run(const std::vector<std::string>& argv) {
  using namespace sourceos;
  const auto console = cli::process_console();
  int status = 0;
  if (cli::answer_without_host(argv, *console, status)) {
    return status;
  }
  if (const Status hardened = host::harden_process(); !hardened) {
    console->err("sourceos: " + hardened.error().read_out() + "\n");
    return static_cast<int>(cli::ExitCode::failure);
  }
  const auto system = host::SystemHost::create();
  if (!system) {
    console->err("sourceos: " + system.error().read_out() + " (" + system.error().reason + ")\n");
    return static_cast<int>(cli::exit_code_of(system.error().kind));
  }
  return cli::run(argv, (*system)->host(), (*system)->tools(), *console);
}

}  // namespace

int main(int argc, char** argv) { ::_exit(run({argv, argv + argc})); }
