#include "core/text.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace sourceos;

TEST_CASE("shown text can not steer a terminal or turn a line around") {
  CHECK(text::for_display("plain \u00e9\n\tx") == "plain \u00e9\n\tx");
  CHECK(text::for_display("\x1b]52;c;AAAA\x07") == "\\x1b]52;c;AAAA\\x07");
  CHECK(text::for_display("a\u202eb") == "a\\u{202e}b");
  CHECK(text::for_display("a\u200bb\u2028c") == "a\\u{200b}b\\u{2028}c");
  CHECK(text::for_display("\u009b31m") == "\\x9b31m");
  CHECK(text::for_display("\xff\xc3") == "\\xff\\xc3");
  CHECK(text::for_display_line("a\nb") == "a\\x0ab");
}

TEST_CASE("UTF-8 is well-formed or it is not") {
  CHECK(text::is_utf8("a\u00e9\u20ac\U0001F600"));
  for (const char* bytes : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "\xe2\x82"}) {
    CHECK_FALSE(text::is_utf8(bytes));
  }
}

TEST_CASE("a glob's star stops at a slash and its double star does not") {
  CHECK(text::glob_match("*.log", "a.log"));
  CHECK_FALSE(text::glob_match("*.log", "d/a.log"));
  CHECK(text::glob_match("**/*.log", "d/e/a.log"));
  CHECK(text::glob_match("**/*.log", "a.log"));
  CHECK(text::glob_match("d/**", "d/e/f"));
  CHECK(text::glob_match("[a-c]?", "bz"));
  CHECK_FALSE(text::glob_match("[!a-c]?", "bz"));
  CHECK_FALSE(text::glob_match("a*a*a*a*a*a*b", std::string(200, 'a')));
}

TEST_CASE("a word is one of a list or not") {
  constexpr auto k_list = std::to_array<std::string_view>({"one", "", "two"});
  CHECK(text::is_one_of("two", k_list));
  CHECK(text::is_one_of("", k_list));
  CHECK_FALSE(text::is_one_of("tw", k_list));
  CHECK_FALSE(text::is_one_of("too", k_list));
  CHECK_FALSE(text::is_one_of("", std::span(k_list).first(1)));
}

TEST_CASE("parts, lines and words") {
  CHECK(text::split("a,,b", ',').size() == 3);
  CHECK(text::lines("a\r\nb\n") == std::vector<std::string_view>{"a", "b"});
  CHECK(text::trim(" \ta b\n") == "a b");
  CHECK(text::human_bytes(1536) == "1.5 KiB");
  CHECK(text::shell_word("a'b c") == "'a'\\''b c'");
  CHECK(text::shell_word("plain/1.txt") == "plain/1.txt");
}
