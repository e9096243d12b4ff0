// A context around a fake host, for the parts of the agent-machine commands.
#pragma once

#include <string>

#include "cli/console.hpp"
#include "cli/report.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"

namespace sourceos::tests {

struct CommandScene {
  FakeHost fake;
  host::ToolFinder tools{fake.host.environment};
  cli::StringConsole console;
  cli::Context context{.host = fake.host,
                       .tools = tools,
                       .console = console,
                       .version = "0.0.1",
                       .program = "sourceosctl",
                       .path = {"agent-machine", "doctor"},
                       .argv = {"sourceosctl", "agent-machine", "doctor"}};
};

}  // namespace sourceos::tests
