#include "redact/rule_cache.hpp"

#include "pipeline_support.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace sourceos;
using namespace sourceos::redact;
using sourceos::tests::TemporaryDirectory;

namespace {

const RuleCacheKey k_key{"rules", "library 1", "cpu"};
const std::string k_body(1000, 'b');

std::filesystem::path only_file(const TemporaryDirectory& directory) {
  return std::filesystem::directory_iterator(directory.path())->path();
}

KeySource keys() { return tests::pipeline_options().keys; }

}  // namespace

TEST_CASE("what was cached is read back for the same rules, library and CPU") {
  const TemporaryDirectory directory;
  write_rule_cache(directory.path(), keys(), k_key, k_body);
  CHECK(read_rule_cache(directory.path(), keys(), k_key) == k_body);
  CHECK_FALSE(read_rule_cache(directory.path(), keys(), {"rules", "library 2", "cpu"}));
  CHECK_FALSE(read_rule_cache(directory.path(), keys(), {"rules", "library 1", "other"}));
  CHECK_FALSE(read_rule_cache(directory.path(), keys(), {"others", "library 1", "cpu"}));
}

TEST_CASE("a cache that another key wrote, or that was changed, does not count") {
  const TemporaryDirectory directory;
  write_rule_cache(directory.path(), keys(), k_key, k_body);
  const KeySource other = [](std::string_view, std::string_view) {
    return std::array<std::uint8_t, 32>{1};
  };
  CHECK_FALSE(read_rule_cache(directory.path(), other, k_key));
  const std::string bytes = tests::read_file(only_file(directory));
  for (const std::size_t at : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
    std::string changed = bytes;
    changed[at] ^= 1;
    std::ofstream(only_file(directory), std::ios::binary) << changed;
    CHECK_FALSE(read_rule_cache(directory.path(), keys(), k_key));
  }
  std::ofstream(only_file(directory), std::ios::binary) << bytes.substr(0, 40);
  CHECK_FALSE(read_rule_cache(directory.path(), keys(), k_key));
}

TEST_CASE("a cache that others may write, or that is a link, does not count") {
  const TemporaryDirectory directory;
  write_rule_cache(directory.path(), keys(), k_key, k_body);
  const auto file = only_file(directory);
  REQUIRE(::chmod(file.c_str(), 0620) == 0);
  CHECK_FALSE(read_rule_cache(directory.path(), keys(), k_key));
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  CHECK(read_rule_cache(directory.path(), keys(), k_key));
  const TemporaryDirectory elsewhere;
  std::filesystem::rename(file, elsewhere / "moved");
  std::filesystem::create_symlink(elsewhere / "moved", file);
  CHECK_FALSE(read_rule_cache(directory.path(), keys(), k_key));
}
