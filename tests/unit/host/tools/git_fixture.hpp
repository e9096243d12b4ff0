// A real repository for tests, and the real git to make it with.
#pragma once

#include "host/environment.hpp"
#include "host/posix_process_runner.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

namespace sourceos::host {

class GitFixture {
 public:
  GitFixture()
      : environment_(read_environment().value()),
        finder_(environment_),
        runner_(child_environment(environment_), finder_),
        tree_(directory_ / "tree"),
        scratch_(directory_ / "scratch") {
    fs::create_directories(tree_);
    fs::create_directories(scratch_);
  }

  [[nodiscard]] bool has_git() { return finder_.find("git").has_value(); }

  // A repository with two files in one commit on `main`.
  void make_repository() {
    git({"init", "--quiet", "--initial-branch=main"});
    write("a.txt", "one\n");
    write("b.txt", "two\n");
    commit_all();
  }

  void write(std::string_view name, std::string_view content) const {
    directory_.write("tree/" + std::string(name), content);
  }
  void commit_all() {
    git({"add", "--all"});
    git({"commit", "--quiet", "--message=change"});
  }

  std::string git(std::vector<std::string> words) {
    ProcessRequest request;
    request.argv = {"git", "-c", "user.name=Test", "-c", "user.email=test@example.invalid"};
    std::move(words.begin(), words.end(), std::back_inserter(request.argv));
    request.working_directory = tree_.string();
    request.environment = {{"GIT_CONFIG_NOSYSTEM", "1"}, {"GIT_CONFIG_GLOBAL", "/dev/null"}};
    const auto outcome = runner_.run(request);
    REQUIRE(outcome);
    INFO(outcome->error_output);
    REQUIRE(outcome->ok());
    return outcome->output;
  }

  [[nodiscard]] PosixProcessRunner& runner() { return runner_; }
  [[nodiscard]] const fs::path& tree() const { return tree_; }
  [[nodiscard]] const fs::path& scratch() const { return scratch_; }
  [[nodiscard]] const tests::TemporaryDirectory& directory() const { return directory_; }

 private:
  tests::TemporaryDirectory directory_;
  Environment environment_;
  ToolFinder finder_;
  PosixProcessRunner runner_;
  fs::path tree_;
  fs::path scratch_;
};

}  // namespace sourceos::host
