#include "cli/tree.hpp"

#include <sys/stat.h>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::cli;

TEST_CASE("files come in byte order, links and special files are named and not followed") {
  const tests::TemporaryDirectory directory;
  directory.write("b/two", "2");
  directory.write("a", "1");
  directory.write(".git/config", "x");
  std::filesystem::create_symlink("/etc/hostname", directory / "link");
  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
  const auto tree = list_tree({directory.path().string()});
  REQUIRE(tree.has_value());
  REQUIRE(tree->files.size() == 2);
  CHECK(tree->files[0].below == "a");
  CHECK(tree->files[1].below == "b/two");
  CHECK(tree->files[1].name == directory.path().string() + "/b/two");
  std::vector<std::string> reasons;
  for (const Skipped& skipped : tree->skipped) {
    reasons.push_back(skipped.reason);
  }
  CHECK(reasons == std::vector<std::string>{"git-directory", "link", "special-file"});
}

TEST_CASE("what was named and is not there is an error, a link that was named is refused") {
  const tests::TemporaryDirectory directory;
  const auto missing = list_tree({directory.path().string() + "/no"});
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().reason == "input-missing");
  std::filesystem::create_symlink("/etc/hostname", directory / "link");
  const auto link = list_tree({(directory / "link").string()});
  REQUIRE_FALSE(link.has_value());
  CHECK(link.error().kind == ErrorKind::refused);
}

TEST_CASE("what '.scanignore' names is left out and told") {
  const tests::TemporaryDirectory directory;
  directory.write(".scanignore", "# dense\nrules/*.toml\n\ncorpus/**\n");
  directory.write("rules/a.toml", "1");
  directory.write("rules/b/c.toml", "1");
  directory.write("corpus/x/y", "1");
  auto tree = list_tree({directory.path().string()}).value();
  REQUIRE(leave_out_ignored(tree, directory.path()).has_value());
  REQUIRE(tree.files.size() == 2);
  CHECK(tree.files[0].below == ".scanignore");
  CHECK(tree.files[1].below == "rules/b/c.toml");
  CHECK(tree.skipped.size() == 2);
  CHECK(tree.skipped.front().reason == "ignored");
}

TEST_CASE("a tree without '.scanignore' stays whole") {
  const tests::TemporaryDirectory directory;
  directory.write("a", "1");
  auto tree = list_tree({directory.path().string()}).value();
  REQUIRE(leave_out_ignored(tree, directory.path()).has_value());
  CHECK(tree.files.size() == 1);
}
