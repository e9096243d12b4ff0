#include "redact/joined_lines.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sourceos::redact;

namespace {

std::string joined(const std::string& text) {
  const auto lines = join_lines(text, 0, text.find_first_of("=\n"));
  return lines ? lines->shadow.text : "";
}

const std::string k_half = std::string(30, 'a') + "Z7" + std::string(32, 'b');  // 64 bytes

}  // namespace

TEST_CASE("lines of one width are one, and their bytes know where they stood") {
  const std::string text = k_half + "\n" + k_half + "\nQ8ab\nrest\n";
  const auto lines = join_lines(text, 0, 64);
  REQUIRE(lines.has_value());
  CHECK(lines->shadow.text == k_half + k_half + "Q8ab");
  CHECK(lines->first == 64);
  CHECK(lines->shadow.source[64].from == 65);
}

TEST_CASE("a soft break goes, the rest of the next line comes along") {
  CHECK(joined(k_half + "=\nrest of it\n") == k_half + "rest of it");
}

TEST_CASE("a short token, another pair, a word or the end are no evidence") {
  CHECK(joined("short\nshort7\n") == "");
  CHECK(joined(k_half + "\nNAME7=value\n") == "");
  CHECK(joined(k_half + "\nwords follow\n") == "");
  CHECK(joined(k_half + "\n") == "");
  CHECK(joined("abcdefghijklm7\nabcdefghijklm8 x\n") == "");
}

TEST_CASE("lines that say the same of values of their own are not one") {
  const std::string first = "12:00:01 INFO closed session: 0x14ed93111f20005";
  const std::string next = "12:00:02 INFO closed session: 0x24ed93119420008";
  CHECK_FALSE(join_lines(first + "\n" + next + "\n", 0, first.size()).has_value());
  const std::string begin = "12:00:01 app[7]: Zk93jdhA8cQ0xT7mW2rL";
  const std::string rest = "12:00:02 app[7]: c5pYbQ7nR4vK1sD9fG6h";
  CHECK(join_lines(begin + "\n" + rest + "\n", 0, begin.size()).has_value());
}
