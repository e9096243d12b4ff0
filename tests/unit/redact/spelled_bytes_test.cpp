#include "redact/spelled_bytes.hpp"

#include <doctest/doctest.h>

#include <string>

#include <fmt/format.h>

#include "pipeline_support.hpp"

using namespace sourceos::redact;

namespace {

const std::string k_text = std::string("pass") + "word=k9Qw3xT7mZ\n";

// Each byte as a number, with `sign` between.
std::string listed(std::string_view form, std::string_view sign) {
  std::string out;
  for (const char c : k_text) {
    out += (out.empty() ? "" : std::string(sign)) + fmt::format(fmt::runtime(form), static_cast<unsigned char>(c));
  }
  return out;
}

std::string dump() {
  std::string out;
  for (std::size_t from = 0; from < k_text.size(); from += 16) {
    out += fmt::format("{:08x} ", from);
    for (const char c : k_text.substr(from, 16)) {
      out += fmt::format(" {:02x}", static_cast<unsigned char>(c));
    }
    out += "  |" + k_text.substr(from, 16) + "|\n";
  }
  return out;
}

}  // namespace

TEST_CASE("numbers of every usual form are read as the text that they spell") {
  for (const std::string& list : {listed("0x{:02x}", ", "), listed("0x{:02X}", ","), listed("{}", ", "), listed("{}", ","),
                                  listed("{:02x}", ":"), listed("{:02X}", "-"), listed("{:02x}", " "), listed("{}", ",\n  ")}) {
    CAPTURE(list);
    CHECK(read_spelled(list, 0).text == k_text);
    CHECK(read_spelled("x = [" + list + "]", 5).text == k_text);
  }
}

TEST_CASE("a run is read from its begin, wherever in it one looks") {
  for (const std::string& list : {listed("{}", ", "), listed("{:02x}", " "), listed("0x{:02x}", ", ")}) {
    const std::string text = "key: " + list;
    const std::size_t second = text.find(list) + list.find_first_of(", ") + (list[list.find_first_of(", ")] == ',' ? 2 : 1);
    CHECK(read_spelled(text, second).text == k_text);
  }
}

TEST_CASE("a place in a dump is its whole line, margin and all") {
  const std::string text = dump();
  const ShadowText spelled = read_spelled(text, 0);
  CHECK(spelled.text.starts_with(k_text.substr(0, 16)));
  CHECK(text.substr(spelled.source.front().from, spelled.source.front().to - spelled.source.front().from).ends_with("|"));
}

TEST_CASE("octal dumps and words of four bytes are read, too") {
  CHECK(read_spelled("0000000 160 141 163 163 167 157 162 144 075 141 142 143\n", 0).text == "password=" "abc");
  CHECK(read_spelled("00000000: 7061 7373 776f 7264 3d61 6263  abc\n", 0).text == "password=" "abc");
}

TEST_CASE("words without a colon behind their offset are those of a little-endian machine") {
  CHECK(read_spelled("0000000 6170 7373 6f77 6472 613d 6362\n", 0).text == "password=" "abc");
  CHECK(read_spelled("0000000 73736170 64726f77 6362613d\n", 0).text == "password=" "abc");
  CHECK(read_spelled("00000000  70 61 73 73 77 6f 72 64  3d 61 62 63\n", 0).text == "password=" "abc");
}

TEST_CASE("numbers that are no text, and short ones, spell nothing") {
  CHECK(read_spelled("0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c", 0).text.empty());
  CHECK(read_spelled("112, 97, 115, 115", 0).text.empty());
  CHECK(read_spelled("", 0).text.empty());
  CHECK(read_spelled("ab", 0).text.empty());
}

TEST_CASE("a secret that is spelled as numbers is masked where it stands") {
  for (const std::string& list : {listed("0x{:02x}", ", "), listed("{}", ", "), listed("{:02x}", " "), listed("{:02x}", ":")}) {
    const std::string masked = sourceos::tests::pipeline().document("data [" + list + "] end\n", {}).bytes();
    CHECK_MESSAGE(masked.find("REDACTED-password-") != std::string::npos, masked);
    CHECK(masked.ends_with(" end\n"));
    CHECK(sourceos::tests::pipeline().document(masked, {}).bytes() == masked);
  }
  CHECK(sourceos::tests::pipeline().document(dump(), {}).bytes().find("k9Qw") == std::string::npos);
}
