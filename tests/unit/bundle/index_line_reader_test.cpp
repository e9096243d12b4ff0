#include "bundle/index_line.hpp"

#include <doctest/doctest.h>

#include "tests/unit/bundle/sample_index_line.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using tests::full_line;
using tests::written;

TEST_CASE("no other writing of a line is read") {
  const std::string good = written(full_line());
  IndexLine line;
  REQUIRE(parse_index_line(good, line).has_value());
  const auto replaced = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  for (const std::string& bad : {std::string(),
                                 good + " ",
                                 " " + good,
                                 good + "\n",
                                 good.substr(0, good.size() - 1),
                                 replaced(R"("size":1000)", R"("size":01000)"),
                                 replaced(R"("size":1000)", R"("size":1e3)"),
                                 replaced(R"("size":1000)", R"("size":-1)"),
                                 replaced(R"("size":1000)", R"("size": 1000)"),
                                 replaced(R"("size":1000)", R"("size":9007199254740992)"),
                                 replaced(R"("size":1000)", R"("size":18446744073709551616)"),
                                 replaced(R"("size":1000)", R"("size":"1000")"),
                                 replaced(R"("kind":"log",)", ""),
                                 replaced(R"("kind":"log")", R"("kind":"log","kind":"log")"),
                                 replaced(R"("kind":"log")", R"("kind":"log","knew":"log")"),
                                 replaced("\\t", "\\u0009"),
                                 replaced("\\u0001", "\\u0000"),
                                 replaced("\\u0001", "\x01"),
                                 replaced("\\u0001", "\\u001F"),
                                 replaced("\\\"1", "\\/"),
                                 replaced("node", "n\xFFode"),
                                 replaced("node", "n\\u006fde"),
                                 replaced("23:59:59.25Z", "23:59:60Z"),
                                 replaced("2026-01-31T", "2026-02-31T"),
                                 replaced("T23:59:59.25Z", " 23:59:59.25Z"),
                                 replaced(R"("changed":true)", R"("changed":1)"),
                                 replaced("aws-key", "zzz"),
                                 replaced("jwt", "aws-key"),
                                 replaced(R"("foreign":4,)", ""),
                                 replaced(R"([0,256])", R"([0,256,1])"),
                                 replaced(R"([0,256],)", R"([0,256],,)")}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_index_line(bad, line).has_value());
    CHECK(parse_index_line(bad, line).error().reason == "malformed");
  }
  CHECK_FALSE(parse_index_line(replaced(R"("where":[)", R"("where":[],"x":[)"), line).has_value());
}

TEST_CASE("a line of 64 KiB or more is past the limit") {
  IndexLine line = full_line();
  line.source->path_ref.assign(70'000, 'x');
  CHECK(parse_index_line(written(line), line).error().reason == "limit");
}
