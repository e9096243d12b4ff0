#include "runtime/doors/host_scope.hpp"

#include <doctest/doctest.h>

using namespace sourceos::runtime;

TEST_CASE("folders are compared by whole components") {
  CHECK(is_in_scope("~/dev/demo", "~/dev", true));
  CHECK(is_in_scope("~/dev", "~/dev/", true));
  CHECK_FALSE(is_in_scope("~/dev-private", "~/dev", true));
  CHECK_FALSE(is_in_scope("~/dev", "~/dev/demo", true));
  CHECK_FALSE(is_in_scope("~/dev/demo", "~/dev", false));
  CHECK_FALSE(is_in_scope("~/dev/../.config", "~/dev", true));
  CHECK_FALSE(is_in_scope("/dev/demo", "~/dev", true));
}

TEST_CASE("home may be spelled in any of its ways") {
  for (const char* path : {"~/dev/demo", "$HOME/dev/demo", "${HOME}/dev/demo", "%USERPROFILE%\\dev\\demo"}) {
    CHECK(is_in_scope(path, "~/dev", true));
    CHECK(is_in_scope("~/dev/demo/src", path, true));
  }
  CHECK(is_in_scope("/home/demo/dev/x", "~/dev", true, "/home/demo"));
  CHECK(is_in_scope("C:\\Users\\Demo\\dev\\x", "%USERPROFILE%\\dev", true, "C:\\Users\\demo"));
  CHECK_FALSE(is_in_scope("/home/demolition/dev", "~/dev", true, "/home/demo"));
}

TEST_CASE("Windows compares without letter case, the others with it") {
  CHECK(is_in_scope("C:\\Src\\Demo", "c:/src", true));
  CHECK_FALSE(is_in_scope("/srv/Demo", "/srv/demo", true));
}

TEST_CASE("access is never wider than what was given") {
  CHECK(access_includes("read-write", "read-only"));
  CHECK(access_includes("read-write", "write-only-artifacts"));
  CHECK(access_includes("read-only", "read-only"));
  CHECK(access_includes("browser-read-write-agent-read-only", "read-only"));
  CHECK_FALSE(access_includes("read-only", "read-write"));
  CHECK_FALSE(access_includes("write-only-artifacts", "read-only"));
  CHECK_FALSE(access_includes("browser-read-write-agent-read-only", "read-write"));
}
