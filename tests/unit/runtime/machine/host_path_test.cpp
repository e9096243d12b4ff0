#include "runtime/machine/host_path.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

constexpr Adapter k_linux = Adapter::on_linux;
constexpr Adapter k_macos = Adapter::on_macos;
constexpr Adapter k_windows = Adapter::on_windows;

std::string reason(Adapter adapter, std::string_view path) {
  const Status status = check_path_syntax(adapter, path);
  return status ? "" : status.error().reason;
}

}  // namespace

TEST_CASE("paths are compared by whole components") {
  const PathKey dev = path_key(k_linux, "/home/a/dev");
  CHECK(relation(path_key(k_linux, "/home/a/dev-private"), dev) == Relation::apart);
  CHECK(relation(path_key(k_linux, "/home/a/dev/x"), dev) == Relation::below);
  CHECK(relation(path_key(k_linux, "/home"), dev) == Relation::above);
  CHECK(relation(path_key(k_linux, "//home//a/./dev/"), dev) == Relation::equal);
  CHECK(relation(path_key(k_linux, "/home/a/DEV"), dev) == Relation::apart);
}

TEST_CASE("macOS has one place for several spellings") {
  CHECK(path_key(k_macos, "/private/var/x") == path_key(k_macos, "/var/x"));
  CHECK(path_key(k_macos, "/private/tmp") == path_key(k_macos, "/tmp"));
  CHECK(path_key(k_macos, "/System/Volumes/Data/Users/A") == path_key(k_macos, "/users/a"));
  CHECK(path_key(k_macos, "/System/Volumes/Data/private/etc") == path_key(k_macos, "/etc"));
  CHECK(path_key(k_macos, "/Users/a/.SSH") == path_key(k_macos, "/Users/a/.ssh"));
}

TEST_CASE("Windows paths compare without case, separators and prefixes") {
  const PathKey ssh = path_key(k_windows, "C:\\Users\\a\\.ssh");
  CHECK(path_key(k_windows, "c:/users/A/.SSH") == ssh);
  CHECK(path_key(k_windows, "\\\\?\\C:\\Users\\a\\.ssh") == ssh);
  CHECK(path_key(k_windows, "/mnt/c/Users/a/.ssh") == ssh);
  CHECK(path_key(k_windows, "C:\\Users\\a\\.ssh. ") == ssh);
  CHECK(relation(path_key(k_windows, "C:\\Users\\a"), ssh) == Relation::above);
}

TEST_CASE("syntax that could mean something else is refused") {
  for (const std::string_view path :
       {std::string_view(""), std::string_view("  "), std::string_view("a\0b", 3),
        std::string_view("/a\nb"), std::string_view("/a\rb"), std::string_view("~root"),
        std::string_view("~other/dev"), std::string_view("$OTHER/x"), std::string_view("/a/$HOME"),
        std::string_view("$HOMEX/dev"), std::string_view("%APPDATA%\\x")}) {
    CAPTURE(path);
    CHECK(reason(k_linux, path) == "path-syntax");
  }
}

TEST_CASE("ordinary paths with odd characters are good") {
  for (const char* path : {"~/dev", "$HOME/dev", "${HOME}/dev", "%USERPROFILE%\\dev", "/srv/a,b",
                           "/srv/a:b", "/srv/a\"b", "/srv/a'b", "/srv/a b", "dev/r", "/srv/50%"}) {
    CAPTURE(path);
    CHECK(reason(k_linux, path).empty());
  }
}

TEST_CASE("Windows tricks are refused") {
  for (const char* path :
       {"\\\\server\\share\\x", "//server/share", "\\\\wsl$\\Debian\\home", "\\\\.\\C:\\x",
        "\\\\?\\UNC\\server\\x", "C:dev", "C:\\dev\\a::$INDEX_ALLOCATION", "C:\\dev\\x:stream",
        "C:\\PROGRA~1", "C:\\Users\\A\\SSH~1.TXT"}) {
    CAPTURE(path);
    CHECK(reason(k_windows, path) == "path-syntax");
  }
  CHECK(reason(k_windows, "C:\\Users\\a\\dev").empty());
  CHECK(reason(k_windows, "\\\\?\\C:\\Users\\a\\dev").empty());
}

TEST_CASE("a document has no way up") {
  CHECK_FALSE(check_no_traversal(k_linux, "~/dev/../.ssh").has_value());
  CHECK_FALSE(check_no_traversal(k_linux, "/a/..").has_value());
  CHECK_FALSE(check_no_traversal(k_windows, "C:\\dev\\..\\x").has_value());
  CHECK(check_no_traversal(k_linux, "/a/..b/c..").has_value());
}

TEST_CASE("home has four spellings and only in front") {
  CHECK(expand_home("~/dev", "/home/a") == "/home/a/dev");
  CHECK(expand_home("$HOME", "/home/a") == "/home/a");
  CHECK(expand_home("${HOME}/x", "/home/a") == "/home/a/x");
  CHECK(expand_home("%userprofile%/x", "/home/a") == "/home/a/x");
  CHECK(expand_home("/x/~", "/home/a") == "/x/~");
}

TEST_CASE("a drive is below /mnt inside the machine") {
  CHECK(wsl_path("C:\\Users\\u\\dev\\r") == "/mnt/c/Users/u/dev/r");
  CHECK(wsl_path("\\\\?\\D:\\r") == "/mnt/d/r");
  CHECK(wsl_path("/home/u") == "/home/u");
}

TEST_CASE("what lies below home is written from home") {
  CHECK(home_template(k_linux, "/home/a/dev/r", "/home/a") == "~/dev/r");
  CHECK(home_template(k_linux, "/home/a", "/home/a") == "~");
  CHECK(home_template(k_linux, "/srv/r", "/home/a") == "/srv/r");
  CHECK(home_template(k_windows, "C:\\Users\\A\\dev\\R", "c:\\users\\a") == "~/dev/R");
}
