#include "runtime/agent/wrapper_lint.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

namespace sourceos::runtime {
namespace {

std::vector<std::string> rules_in(std::string_view text, Platform platform = Platform::macos) {
  std::vector<std::string> found;
  for (const LintFinding& finding :
       lint_wrapper(text, {.platform = platform, .exists = [](const std::string&) { return false; }})) {
    found.push_back(finding.rule);
  }
  return found;
}

std::vector<std::string> rules_of_line(const std::string& line) {
  return rules_in("#!/bin/sh\n" + line + "\n");
}

}  // namespace

TEST_CASE("syntax that only GNU tools know is found, the portable form is not") {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"date -d yesterday", "gnu-date"},
      {"x=$(date --iso-8601)", "gnu-date"},
      {"sed -i s/a/b/ file", "gnu-sed"},
      {"readlink -f /x", "gnu-readlink"},
      {"realpath --relative-to=/ x", "missing-program"},
      {"grep -P x y", "gnu-grep"},
      {"grep -oP x y", "gnu-grep"},
      {"stat -c %a x", "gnu-stat"},
      {"ls | xargs -r rm", "gnu-xargs"},
      {"base64 -w 0 x", "gnu-base64"},
      {"find . -printf x", "gnu-find"},
      {"mktemp --suffix=.x", "gnu-mktemp"},
      {"timeout 5 x", "missing-program"},
      {"if flock 9; then x; fi", "missing-program"},
      {"setsid x", "missing-program"},
      {"sha256sum x", "missing-program"},
      {"n=$(nproc)", "missing-program"},
      {"cp --parents a b", "gnu-cp"},
      {"head -n -1 x", "gnu-head"},
      {"tac x", "missing-program"},
  };
  for (const auto& [line, rule] : bad) {
    CAPTURE(line);
    CHECK(rules_of_line(line) == std::vector<std::string>{rule});
  }
  for (const char* good :
       {"date -u '+%s'", "sed -i '' s/a/b/ f", "sed -i.bak s/a/b/ f", "grep -E x y", "stat -f %A x",
        "echo 'date -d x'", "# date -d x", "head -n 1 x", "mktemp /x.XXXX", "base64 -i x",
        "printf '%s\\n' \"timeout\"", "cp -R a b", "readlink x"}) {
    CAPTURE(good);
    CHECK(rules_of_line(good).empty());
  }
}

TEST_CASE("bash 4 is found where the interpreter is macOS's bash or sh") {
  const std::string text = "#!/bin/bash\ndeclare -A m\nmapfile -t x\necho ${v,,}\na |& b\na &>> f\n";
  CHECK(rules_in(text) == std::vector<std::string>{"bash4-declare", "bash4-mapfile", "bash4-case",
                                                   "bash4-pipe", "bash4-append"});
  CHECK(rules_in(text, Platform::linux_systemd).empty());
}

TEST_CASE("findings name the line") {
  const auto findings = lint_wrapper("#!/bin/sh\n:\ndate -d x\n", {.platform = Platform::macos, .exists = {}});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].line == 3);
}

TEST_CASE("a missing interpreter, an unquoted command and a store path that is gone are found") {
  CHECK(rules_in("echo x\n") == std::vector<std::string>{"missing-shebang"});
  CHECK(rules_of_line("$PODMAN run x") == std::vector<std::string>{"unquoted-command"});
  CHECK(rules_of_line("\"$PODMAN\" run x").empty());
  CHECK(rules_of_line("exec /nix/store/abc-x/bin/x --a") ==
        std::vector<std::string>{"store-path-missing"});
}

TEST_CASE("a launcher that cannot run or that others can write is found") {
  host::FileFacts facts;
  facts.mode = 0755;
  CHECK(lint_wrapper_mode(facts).empty());
  facts.mode = 0644;
  CHECK(lint_wrapper_mode(facts).at(0).rule == "not-executable");
  facts.mode = 0775;
  CHECK(lint_wrapper_mode(facts).at(0).rule == "writable-by-others");
}

}  // namespace sourceos::runtime
