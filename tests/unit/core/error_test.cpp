#include "core/error.hpp"

#include <doctest/doctest.h>

#include <cerrno>

#include "core/result.hpp"

using namespace sourceos;

namespace {

Status innermost() { return fail(ErrorKind::io, "no-space", "disk full"); }
Status middle() {
  SOURCEOS_TRY_CONTEXT(innermost(), "add 'facts/git.json'");
  return {};
}
Result<int> outermost() {
  SOURCEOS_TRY_CONTEXT(middle(), "write bundle b1");
  return 1;
}

}  // namespace

TEST_CASE("an error reads from the outside in and ends with its cause") {
  const Result<int> result = outermost();
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().read_out() == "write bundle b1: add 'facts/git.json': disk full");
  CHECK(result.error().reason == "no-space");
}

TEST_CASE("errno becomes a kind that a caller can act on") {
  CHECK(system_error(ENOENT, "open 'a'").kind == ErrorKind::not_found);
  CHECK(system_error(EACCES, "open 'a'").kind == ErrorKind::permission);
  CHECK(system_error(ENOSPC, "write 'a'").reason == "no-space");
  CHECK(system_error(EIO, "read 'a'").kind == ErrorKind::io);
  CHECK(system_error(ENOENT, "open 'a'").message == "open 'a': No such file or directory");
}
