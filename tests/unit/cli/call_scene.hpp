// A call of the program on a host that is not there, with a console that keeps what is written to it.
#pragma once

#include "cli/console.hpp"
#include "cli/report.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"

namespace sourceos::cli {

struct CallScene {
  tests::FakeHost fake;
  host::ToolFinder tools{fake.host.environment};
  StringConsole console;
  Context context{.host = fake.host, .tools = tools, .console = console, .version = "0", .program = "x"};
};

}  // namespace sourceos::cli
