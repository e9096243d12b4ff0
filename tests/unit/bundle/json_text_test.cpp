#include "bundle/json_text.hpp"

#include <doctest/doctest.h>

#include "core/json/canonical.hpp"

using namespace sourceos;
using namespace sourceos::bundle;

TEST_CASE("text that JSON cannot hold is written as percent and hex") {
  CHECK(json_text("plain \xC3\xA9") == "plain \xC3\xA9");
  CHECK(json_text("a\xFF"
                  "b") == "a%FFb");
  CHECK(json_text(std::string_view("a\0b", 3)) == "a%00b");
  CHECK(json_text("\xC3\xA9\xC3") == "\xC3\xA9%C3");
  CHECK(json_text("\xED\xA0\x80") == "%ED%A0%80");
}

TEST_CASE("plain text is what needs no escape, wherever the special byte stands") {
  for (std::size_t length = 0; length < 20; ++length) {
    std::string text(length, 'x');
    CHECK(is_plain_json(text));
    for (std::size_t at = 0; at < length; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        text[at] = static_cast<char>(byte);
        const bool is_special = byte < 0x20 || byte == '"' || byte == '\\';
        CHECK(is_plain_json(text) == !is_special);
      }
      text[at] = 'x';
    }
  }
}

TEST_CASE("strings are written as the canonical writer does") {
  for (const std::string text : {"", "abc", "a\"b", "tab\t", "\x01\x1f", "\xE2\x80\xA8"}) {
    std::string ours;
    append_json(ours, text);
    std::string theirs;
    json::append_string(theirs, text);
    CHECK(ours == theirs);
  }
  std::string number;
  append_json(number, std::uint64_t{9'007'199'254'740'991});
  CHECK(number == "9007199254740991");
}
