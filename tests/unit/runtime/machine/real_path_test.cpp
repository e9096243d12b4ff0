#include "runtime/machine/real_path.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
namespace fs = std::filesystem;

TEST_CASE("links on the way are resolved") {
  tests::TemporaryDirectory dir;
  fs::create_directories(dir / "real/deep");
  fs::create_directory_symlink(dir / "real", dir / "link");
  CHECK(resolve_path(dir / "link/deep")->path == fs::canonical(dir / "real/deep").string());
  CHECK(resolve_path(dir / "absent").error().reason == "path-missing");
}

TEST_CASE("the last parts may be missing when asked so") {
  tests::TemporaryDirectory dir;
  fs::create_directories(dir / "real");
  fs::create_directory_symlink(dir / "real", dir / "link");
  const auto found = resolve_existing_part(dir / "link/a/b");
  REQUIRE(found.has_value());
  CHECK(found->path == (fs::canonical(dir / "real") / "a/b").string());
  CHECK_FALSE(found->exists);
}

TEST_CASE("a link that leads nowhere is not a missing part") {
  tests::TemporaryDirectory dir;
  fs::create_symlink(dir / "nowhere", dir / "dangling");
  CHECK_FALSE(resolve_existing_part(dir / "dangling").has_value());
  CHECK_FALSE(resolve_existing_part(dir / "dangling/below").has_value());
}

TEST_CASE("a directory is opened without following a link") {
  tests::TemporaryDirectory dir;
  fs::create_directories(dir / "real/deep");
  fs::create_directory_symlink(dir / "real", dir / "link");
  const fs::path real = fs::canonical(dir.path());
  CHECK(open_without_links(real / "real/deep").has_value());
  CHECK(open_without_links(real / "link/deep").error().reason == "mount-changed");
  CHECK(open_without_links(real / "link").error().reason == "mount-changed");
  (void)dir.write("file", "x");
  CHECK(open_without_links(real / "file").error().reason == "not-a-directory");
  CHECK(open_without_links(real / "absent").error().reason == "path-missing");
}

TEST_CASE("a directory that was swapped is another one") {
  tests::TemporaryDirectory dir;
  fs::create_directories(dir / "r");
  const fs::path path = fs::canonical(dir / "r");
  const Pin pin = pin_directory(path).value();
  CHECK(check_pin(path, pin).has_value());
  fs::rename(path, dir / "old");
  fs::create_directory(path);
  CHECK(check_pin(path, pin).error().reason == "mount-changed");
  fs::remove(path);
  fs::create_directory_symlink(dir / "old", path);
  CHECK(check_pin(path, pin).error().reason == "mount-changed");
}

TEST_CASE("an entry of any kind is pinned, a link as itself") {
  tests::TemporaryDirectory dir;
  (void)dir.write("file", "x");
  fs::create_symlink("file", dir / "link");
  const fs::path root = fs::canonical(dir.path());
  CHECK(pin_entry(root / "file").value() == pin_below(root, "file").value());
  CHECK(pin_entry(root / "link").value() != pin_entry(root / "file").value());
  CHECK_FALSE(pin_entry(root / "absent").has_value());
}
