#include "redact/key_block.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sourceos::redact;

namespace {

const std::string k_begin = std::string("-----BEGIN OPENSSH ") + "PRIVATE KEY-----";
const std::string k_end = std::string("-----END OPENSSH ") + "PRIVATE KEY-----";
const std::string k_line = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW";

std::string masked(const std::string& text) {
  const auto block = read_key_block(text, text.find("---"));
  return block ? text.substr(0, block->from) + "#" + text.substr(block->to) : text;
}

std::string body(const std::string& text) {
  const auto block = read_key_block(text, text.find("---"));
  return block ? block->body : "";
}

}  // namespace

TEST_CASE("a key is masked from BEGIN to END in every dress, and is the same key") {
  const std::string plain = k_begin + "\n" + k_line + "\n" + k_line + "\nAQ==\n" + k_end;
  const std::string key = k_line + k_line + "AQ==";
  const std::string dressed[] = {
      plain + "\n",
      "  " + k_begin + "\n  " + k_line + "\n  " + k_line + "\n  AQ==\n  " + k_end + "\n",
      "\"" + k_begin + "\\n" + k_line + "\\n" + k_line + "\\nAQ==\\n" + k_end + "\\n\"",
      "\"" + k_begin + "\\\\n" + k_line + "\\\\n" + k_line + "\\\\nAQ==\\\\n" + k_end + "\"",
      k_begin + " " + k_line + " " + k_line + " AQ== " + k_end + " rest",
      "\"" + k_begin + "\\n\" +\n  \"" + k_line + "\\n\" +\n  \"" + k_line + "\\n\" +\n \"AQ==\\n\" +\n \"" + k_end + "\";",
      k_begin + "\r\n" + k_line + "\r\n" + k_line + "\r\nAQ==\r\n" + k_end + "\r\n",
      "12:01:02 app: " + k_begin + "\n12:01:02 app: " + k_line + "\n12:01:02 app: " + k_line +
          "\n12:01:02 app: AQ==\n12:01:02 app: " + k_end + "\n"};
  for (const std::string& text : dressed) {
    CAPTURE(text);
    CHECK(masked(text).find(k_line.substr(0, 20)) == std::string::npos);
    CHECK(masked(text).find("PRIVATE") == std::string::npos);
    CHECK(body(text).find(k_line + k_line) == 0);
  }
  CHECK(body(plain) == key);
}

TEST_CASE("a key without END stops where its lines stop") {
  CHECK(masked(k_begin + "\n" + k_line + "\n" + k_line + "\nafterwards, all went well\n") ==
        "#\nafterwards, all went well\n");
  CHECK(masked(k_begin + "\n" + k_line) == "#");
}

TEST_CASE("text that only speaks of keys stays") {
  CHECK(masked("grep -q '" + k_begin + "' file && echo found\nnext") ==
        "grep -q '" + k_begin + "' file && echo found\nnext");
  const std::string certificate = "-----BEGIN CERTIFICATE-----\n" + k_line + "\n-----END CERTIFICATE-----";
  CHECK(masked(certificate) == certificate);
}

TEST_CASE("a PuTTY key loses its private lines only") {
  const std::string text = std::string("PuTTY-User-Key-File-3: ssh-ed25519\nPublic-Lines: 1\n") +
                           k_line + "\nPrivate-Lines: 2\n" + k_line + "\n" + k_line +
                           "\nPrivate-MAC: 00\n";
  const auto block = read_key_block(text, 0);
  REQUIRE(block.has_value());
  CHECK(text.substr(block->to) == "\nPrivate-MAC: 00\n");
  CHECK(block->body == k_line + k_line);
}

TEST_CASE("a longer key goes on in parts") {
  std::string text = k_begin + "\n";
  while (text.size() < 2 * k_key_block_bytes_max) {
    text += k_line + "\n";
  }
  text += k_end;
  const auto block = read_key_block(text, 0);
  REQUIRE(block.has_value());
  CHECK(block->cut);
  const KeyBlock rest = continue_key_block(text, block->to);
  CHECK(rest.from == block->to);
  CHECK(rest.cut);
  const KeyBlock last = continue_key_block(text, rest.to);
  CHECK(!last.cut);
  CHECK(last.to == text.size());
}
