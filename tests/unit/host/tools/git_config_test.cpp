#include "host/tools/git_config.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::host;

TEST_CASE("settings are read as git reads them") {
  const auto settings = parse_git_config(
      "\xEF\xBB\xBF# comment\n"
      "[core]\n\tfileMode = true ; trailing\n\tbare\n"
      "[Remote \"up\\\"stream\"] url = \"https://a.example/x # y\" \n"
      "[branch.Main]\n\tmerge = refs/heads/main\\\n/more\n"
      "[alias]\n\tt = a\\tb \\\"q\\\"  \t\n");
  REQUIRE(settings);
  REQUIRE(settings->size() == 5);
  CHECK((*settings)[0].full_name() == "core.filemode");
  CHECK((*settings)[0].value == "true");
  CHECK((*settings)[1].value == "true");
  CHECK((*settings)[2].section == "remote");
  CHECK((*settings)[2].subsection == "up\"stream");
  CHECK((*settings)[2].value == "https://a.example/x # y");
  CHECK((*settings)[3].full_name() == "branch.main.merge");
  CHECK((*settings)[3].value == "refs/heads/main/more");
  CHECK((*settings)[4].value == "a\tb \"q\"");
}

TEST_CASE("the last value of a setting counts") {
  const auto settings = parse_git_config("[core]\neol = lf\n[core]\neol = crlf\n");
  REQUIRE(settings);
  CHECK(find_setting(*settings, "core", "eol") == "crlf");
  CHECK_FALSE(find_setting(*settings, "core", "autocrlf"));
}

TEST_CASE("what is no configuration is malformed") {
  for (const char* text : {"[core", "[]\n", "name = value\n", "[a]\n= x\n", "[a]\nb = \"open\n",
                           "[a]\nb = \\q\n", "[a \"b\nc\"]\n", "[a]\nb c\n", "[a]\nb = x\\"}) {
    CAPTURE(text);
    const auto settings = parse_git_config(text);
    REQUIRE_FALSE(settings);
    CHECK(settings.error().kind == ErrorKind::malformed);
  }
  CHECK(parse_git_config(std::string(2'000'000, '\n')).error().kind == ErrorKind::limit);
}

TEST_CASE("settings that start a program are known, others are not") {
  const auto runs = [](const std::string& text) {
    const auto settings = parse_git_config(text);
    REQUIRE(settings);
    REQUIRE(settings->size() == 1);
    return runs_code(settings->front());
  };
  for (const char* text :
       {"[core]\nfsmonitor = /x", "[core]\nfsmonitor = true", "[core]\nhooksPath = h",
        "[filter \"lfs\"]\nprocess = git-lfs", "[diff \"a\"]\ntextconv = x",
        "[diff]\nexternal = x", "[credential]\nhelper = store",
        "[credential \"https://h\"]\nhelper = x", "[include]\npath = y",
        "[includeIf \"gitdir:/\"]\npath = y", "[alias]\nst = !sh", "[pager]\nlog = less",
        "[submodule \"a\"]\nupdate = !x", "[remote \"a\"]\nurl = ext::sh -c x",
        "[url \"ext::x\"]\ninsteadOf = https://", "[gpg \"ssh\"]\nprogram = x",
        "[mergetool \"a\"]\ncmd = x", "[trailer \"a\"]\ncommand = x"}) {
    CAPTURE(text);
    CHECK(runs(text));
  }
  for (const char* text : {"[core]\nfsmonitor = false", "[core]\nbare = true", "[alias]\nst = status",
                           "[remote \"a\"]\nurl = https://h.example/x", "[pager]\nlog = false",
                           "[filter \"lfs\"]\nrequired = true", "[user]\nname = x"}) {
    CAPTURE(text);
    CHECK_FALSE(runs(text));
  }
}
