#include "cli/scrub.hpp"

#include "cli/console.hpp"
#include "cli/report.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"

using namespace sourceos;
using namespace sourceos::cli;

TEST_CASE("the home prefix becomes $HOME wherever a path begins") {
  tests::FakeHost still;
  still.host.environment.home = "/home/ada";
  CHECK(home_as_variable("open '/home/ada/x': no", still.host) == "open '$HOME/x': no");
  CHECK(home_as_variable("/home/ada", still.host) == "$HOME");
  CHECK(home_as_variable("/home/adam/x", still.host) == "/home/adam/x");
  CHECK(home_as_variable("//home/ada/x", still.host) == "//home/ada/x");
}

TEST_CASE("all words of an error are scrubbed, also of a secret that was typed") {
  tests::FakeHost still;
  still.host.environment.home = "/home/ada";
  host::ToolFinder tools(still.host.environment);
  StringConsole console;
  const Context context{.host = still.host, .tools = tools, .console = console, .version = "0", .program = "x"};
  const std::string token = std::string("gh") + "p_" + "abcdefghijklmnopqrstuvwxyz0123456789";
  const Error error = scrub(Error(ErrorKind::io, "io", "no '/home/ada/a'")
                                .with_context("read '/srv/" + token + "'")
                                .with_next("ls /home/ada/c"),
                            context);
  CHECK(error.read_out().find("no '$HOME/a'") != std::string::npos);
  CHECK(error.read_out().find(token) == std::string::npos);
  CHECK(error.next == "ls $HOME/c");
}
