#include "cli/sarif.hpp"

#include "core/json/json.hpp"

using namespace sourceos::cli;

TEST_CASE("a path is a relative, percent-encoded URI") {
  CHECK(relative_uri("./src/a b.cpp") == "src/a%20b.cpp");
  CHECK(relative_uri("/etc/passwd") == "etc/passwd");
  CHECK(relative_uri(".//x") == "x");
  CHECK(relative_uri("javascript:alert(1)") == "javascript%3Aalert%281%29");
  CHECK(relative_uri("\xC3\xA9") == "%C3%A9");
}

TEST_CASE("a message is plain text in which no link stands") {
  const auto document = to_sarif({{"r", "about [x](y)"}},
                                 {{"r", "error", "see [here](https://evil.example)\x1b", "a.log", 3, 5, "tag"}});
  const auto& result = document["runs"][0]["results"][0];
  CHECK(result["message"]["text"] == "see \\[here\\](https://evil.example)\\x1b");
  CHECK_FALSE(result["message"].contains("markdown"));
  CHECK(result["locations"][0]["physicalLocation"]["region"]["startLine"] == 3);
  CHECK(result["partialFingerprints"]["sourceosTag/v1"] == "tag");
  CHECK(document["version"] == "2.1.0");
}

TEST_CASE("what has no line has no region") {
  const auto document = to_sarif({}, {{"r", "note", "m", "b.tar", {}, {}, ""}});
  const auto& result = document["runs"][0]["results"][0];
  CHECK_FALSE(result["locations"][0]["physicalLocation"].contains("region"));
  CHECK_FALSE(result.contains("partialFingerprints"));
}
