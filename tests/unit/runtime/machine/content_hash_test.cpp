#include "runtime/machine/content_hash.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using runtime::hash_content;

namespace {

std::string hash(const std::filesystem::path& root) {
  const runtime::ContentHash made = hash_content(root);
  REQUIRE_MESSAGE(made.hash.has_value(), made.cause);
  return *made.hash;
}

}  // namespace

TEST_CASE("equal content has one hash, whatever the times and the git directory") {
  tests::TemporaryDirectory dir;
  for (const char* root : {"a", "b"}) {
    (void)dir.write(std::string(root) + "/deep/file", "abc");
    (void)dir.write(std::string(root) + "/empty", "");
    (void)dir.write(std::string(root) + "/.git/index", root);
    std::filesystem::create_symlink("deep/file", dir / root / "link");
  }
  std::filesystem::last_write_time(dir / "b/empty", std::filesystem::file_time_type::min() + std::chrono::hours(24));
  CHECK(hash(dir / "a") == hash(dir / "b"));
  CHECK(hash(dir / "a").starts_with("sha256:"));
  const runtime::ContentHash made = hash_content(dir / "a");
  CHECK(made.files == 2);
  CHECK(made.bytes == 3);
}

TEST_CASE("a byte, a name, a link's target and an empty folder count") {
  tests::TemporaryDirectory dir;
  (void)dir.write("m/file", "abc");
  std::filesystem::create_symlink("file", dir / "m/link");
  std::string before = hash(dir / "m");
  const auto changed = [&] {
    const std::string now = hash(dir / "m");
    const bool differs = now != before;
    before = now;
    return differs;
  };
  (void)dir.write("m/file", "abd");
  CHECK(changed());
  std::filesystem::rename(dir / "m/file", dir / "m/other");
  CHECK(changed());
  std::filesystem::remove(dir / "m/link");
  std::filesystem::create_symlink("/etc/passwd", dir / "m/link");
  CHECK(changed());
  std::filesystem::create_directory(dir / "m/folder");
  CHECK(changed());
}

TEST_CASE("without a hash there is a cause") {
  tests::TemporaryDirectory dir;
  (void)dir.write("m/one", "abc");
  (void)dir.write("m/two", "abc");
  CHECK(hash_content(dir / "absent").cause == "missing");
  CHECK(hash_content(dir / "m", {.entries_max = 1}).cause == "too-large");
  CHECK(hash_content(dir / "m", {.bytes_max = 5}).cause == "too-large");
  CHECK(hash_content(dir / "m", {.entries_max = 2, .bytes_max = 6}).hash.has_value());
}
