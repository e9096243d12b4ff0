#include "redact/encodings.hpp"

#include "core/bytes.hpp"
#include "redact/inflate.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sourceos;
using namespace sourceos::redact;

namespace {

const std::string k_text = "the quick brown fox jumps over the lazy dog, twice";

bool yields(std::string_view run, std::string_view wanted) {
  for (const DecodedRun& decoded : decode_run(run, false)) {
    if (decoded.bytes.find(wanted) != std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("base64 of text is read at every offset") {
  for (const std::string before : {"", "a", "ab", "abc", "key/"}) {
    CAPTURE(before);
    CHECK(yields(before + base64_encode(k_text), "brown fox jumps"));
  }
}

TEST_CASE("hex of text is read, digests are noise") {
  CHECK(yields(hex_encode(k_text), k_text));
  CHECK(yields("0x" + hex_encode(k_text), k_text));
  CHECK(decode_run("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", false).empty());
  CHECK(decode_run("3f2504e0-4f89-41d3-9a0c-0305e82c3301", false).empty());
}

TEST_CASE("base32 of text is read in capitals and in small letters, digests are noise") {
  const std::string text = "the quick brown fox jumps";
  CHECK(yields("ORUGKIDROVUWG2ZAMJZG653OEBTG66BANJ2W24DT", text));
  CHECK(yields("orugkidrovuwg2zamjzg653oebtg66banj2w24dt", text));
  CHECK(yields("ORUGKIDROVUWG2ZAMJZG653OEBTG66BANJ2W24DT======", text));
  CHECK_FALSE(yields("ORUGKIDROVUWG2ZAMJZG653oebtg66banj2w24dt", text));                                         // both
  CHECK(decode_run("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", false).empty());  // noise
}

TEST_CASE("UTF-16 inside base64 is readable") {
  std::string wide;
  for (const char c : k_text) {
    wide += c;
    wide += '\0';
  }
  CHECK(yields(base64_encode(wide), wide));
}

TEST_CASE("stored, fixed and dynamic deflate blocks are read") {
  // zlib of 24 bytes "hello hello hello hello\n", made with level 9 (fixed codes) and level 0.
  const std::string fixed = *hex_decode("78dacb48cdc9c957c84027b90070be08bb");
  std::string out;
  CHECK(inflate(fixed, 1000, out) != Inflated::limit);
  CHECK(out.starts_with("hello hello hello"));
  const std::string stored = std::string("\x78\x01\x01\x05\x00\xFA\xFF", 7) + "hello";
  out.clear();
  CHECK(inflate(stored, 1000, out) == Inflated::whole);
  CHECK(out == "hello");
}

TEST_CASE("a bomb stops at its bound") {
  // A stored block repeated would need input; a back reference of 258 bytes does not.
  std::string out;
  const std::string fixed = *hex_decode("78dacb48cdc9c957c84027b90070be08bb");
  CHECK(inflate(fixed, 7, out) == Inflated::limit);
  CHECK(out == "hello h");
}

TEST_CASE("broken input is broken, never more") {
  for (const std::string_view bytes : {"", "\x78", "\x78\xDA", "\x1F\x8B\x08", "nothing"}) {
    std::string out;
    CHECK(inflate(bytes, 1000, out) == Inflated::broken);
    CHECK(out.empty());
  }
}
