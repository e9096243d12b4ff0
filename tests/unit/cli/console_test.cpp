#include "cli/console.hpp"

#include <fcntl.h>
#include <unistd.h>

using namespace sourceos;
using namespace sourceos::cli;

TEST_CASE("a string console gives its input in parts and keeps what is written") {
  StringConsole console("abcdef");
  char buffer[4];
  CHECK(console.in(buffer, 4).value() == 4);
  CHECK(std::string(buffer, 4) == "abcd");
  CHECK(console.in(buffer, 4).value() == 2);
  CHECK(console.in(buffer, 4).value() == 0);
  CHECK(console.out("x").has_value());
  CHECK(console.out("y").has_value());
  CHECK(console.output == "xy");
}

TEST_CASE("a standard output that takes nothing is an error") {
  const int saved = ::dup(STDOUT_FILENO);
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  REQUIRE(full >= 0);
  ::dup2(full, STDOUT_FILENO);
  const Status status = process_console()->out("text");
  ::dup2(saved, STDOUT_FILENO);
  ::close(saved);
  ::close(full);
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().kind == ErrorKind::io);
}
