#include "cli/scrub.hpp"

#include "tests/unit/cli/still_host.hpp"

using namespace sourceos;
using namespace sourceos::cli;

TEST_CASE("the home prefix becomes $HOME wherever a path begins") {
  const tests::StillHost still;
  CHECK(home_as_variable("open '/home/ada/x': no", still.host) == "open '$HOME/x': no");
  CHECK(home_as_variable("/home/ada", still.host) == "$HOME");
  CHECK(home_as_variable("/home/adam/x", still.host) == "/home/adam/x");
  CHECK(home_as_variable("//home/ada/x", still.host) == "//home/ada/x");
}

TEST_CASE("all words of an error are scrubbed") {
  const tests::StillHost still;
  const Error error = scrub(Error(ErrorKind::io, "io", "no '/home/ada/a'")
                                .with_context("read '/home/ada/b'")
                                .with_next("ls /home/ada/c"),
                            still.host);
  CHECK(error.read_out() == "read '$HOME/b': no '$HOME/a'");
  CHECK(error.next == "ls $HOME/c");
}
