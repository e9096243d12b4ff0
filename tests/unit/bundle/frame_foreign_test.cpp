#include "bundle/frame_foreign.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/zstd_frame.hpp"

using namespace sourceos;
using namespace sourceos::bundle;

TEST_CASE("what was packed is unpacked whole, within its bound") {
  const std::string text(300'000, 'a');
  const std::string packed = tests::zstd_frame(text);
  REQUIRE_FALSE(packed.empty());
  CHECK(packed.size() < text.size() / 100);
  std::string out;
  CHECK(decompress_foreign(packed, text.size(), out) == Decompressed::whole);
  CHECK(out == text);
  out.clear();
  CHECK(decompress_foreign(packed, text.size() - 1, out) == Decompressed::limit);
  CHECK(out.size() == text.size() - 1);
}

TEST_CASE("a frame says where it ends") {
  const std::string packed = tests::zstd_frame("some content");
  CHECK(foreign_frame_size(packed + "and more") == packed.size());
  CHECK(foreign_frame_size(packed.substr(0, packed.size() - 1)) == 0);
  CHECK(foreign_frame_size("no zstd at all") == 0);
}

TEST_CASE("what is broken gives what came before the fault") {
  std::string text;
  for (int i = 0; i < 100'000; ++i) {
    text += std::to_string(i * 7919);
  }
  const std::string packed = tests::zstd_frame(text);
  std::string out;
  CHECK(decompress_foreign(packed.substr(0, 8) + std::string(60, '\x7F'), text.size(), out) ==
        Decompressed::broken);
  CHECK(decompress_foreign("no zstd at all", 100, out) == Decompressed::broken);
}
