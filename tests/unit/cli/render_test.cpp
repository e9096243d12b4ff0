#include "cli/render.hpp"

#include "core/json/json.hpp"

using namespace sourceos;
using namespace sourceos::cli;

TEST_CASE("fields line up and tables are as wide as their cells") {
  Text text(Color::never);
  text.field("bundle", "sha256:ab").field("entries", number(12));
  text.table({"status", "name"}, {{"pass", "layout"}, {"unverifiable", "log"}});
  CHECK(text.str() ==
        "bundle        sha256:ab\n"
        "entries       12\n"
        "status        name\n"
        "pass          layout\n"
        "unverifiable  log\n");
}

TEST_CASE("numbers are flush right") {
  Text text(Color::never);
  text.table({"bytes", "path"}, {{number(5), "a"}, {number(12345), "b"}});
  CHECK(text.str() == "bytes  path\n    5  a\n12345  b\n");
}

TEST_CASE("terminal control in a value is shown, never sent") {
  Text text(Color::never);
  text.field("subject", "a\x1b]52;c;ZXZpbA==\x07" "b");
  text.table({}, {{"x", "\x1b[2J\n::set-env name=A::b"}});
  text.quoted("::error::x\n##vso[task]\xE2\x80\xAE");
  text.line("\x9b" "31m");
  CHECK(text.str().find('\x1b') == std::string::npos);
  CHECK(text.str().find("\xE2\x80\xAE") == std::string::npos);
  CHECK(text.str().find("\n::") == std::string::npos);
  CHECK(text.str().find("\n##") == std::string::npos);
  CHECK(text.str().find("| ::error::x\n| ##vso[task]\\u{202e}\n") != std::string::npos);
}

TEST_CASE("a value of several lines goes on behind a prefix of ours") {
  Text text(Color::never);
  text.field("note", "one\n::two");
  CHECK(text.str() == "note          one\n            | ::two\n");
}

TEST_CASE("colour is there only when it was asked for") {
  Text plain(Color::never);
  plain.line("verified", Tone::good);
  CHECK(plain.str() == "verified\n");
  Text colored(Color::always);
  colored.line("verified", Tone::good);
  CHECK(colored.str() == "\x1b[32mverified\x1b[0m\n");
}

TEST_CASE("JSON is ASCII without a less-than sign and survives bytes that are no text") {
  const json::Value value = {{"a", "</script>\xE2\x80\xA8\x1b"}, {"b", "\xFF"}};
  const std::string shown = to_json_text(value, Layout::one_line);
  CHECK(shown == "{\"a\":\"\\u003c/script>\\u2028\\u001b\",\"b\":\"\\ufffd\"}\n");
}

TEST_CASE("a missing value reads as empty") {
  const json::Value value = {{"a", 1}, {"b", "x"}, {"c", true}};
  CHECK(text_of(value, "b") == "x");
  CHECK(text_of(value, "a").empty());
  CHECK(number_of(value, "a") == 1);
  CHECK(number_of(value, "b") == 0);
  CHECK(flag_of(value, "c"));
  CHECK_FALSE(flag_of(value, "nothing"));
  CHECK(part_of(value, "nothing").is_null());
  CHECK(counted(1, "entry", "entries") == "1 entry");
  CHECK(counted(0, "entry", "entries") == "0 entries");
  CHECK(short_id("sha256:0123456789abcdef") == "sha256:0123456789ab");
}
