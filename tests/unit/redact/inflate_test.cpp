#include "redact/inflate.hpp"

#include <doctest/doctest.h>

#include <string>

#include "core/bytes.hpp"

using namespace sourceos;
using namespace sourceos::redact;

namespace {

// gzip -n of "hello hello hello hello\n", with a fixed code and a copy.
std::string sample() {
  std::string bytes("\x1F\x8B\x08\0\0\0\0\0\0\x03", 10);
  bytes += std::string("\xCB\x48\xCD\xC9\xC9\x57\xC8\x40\x27\xB9\x00", 11);
  return bytes + std::string("\x00\x88\x59\x0B\x18\x00\x00\x00", 8);
}

}  // namespace

TEST_CASE("a stream says where it ends") {
  std::string out;
  std::size_t taken = 0;
  CHECK(inflate(sample() + "more", 1000, out, &taken) == Inflated::whole);
  CHECK(out == "hello hello hello hello\n");
  CHECK(taken == sample().size());
}

TEST_CASE("a stream that is too long or breaks off gives what there was") {
  std::string out;
  CHECK(inflate(sample(), 9, out) == Inflated::limit);
  CHECK(out == "hello hel");
  for (std::size_t size = 0; size < sample().size() - 8; ++size) {
    out.clear();
    CHECK(inflate(sample().substr(0, size), 1000, out) == Inflated::broken);
  }
}

TEST_CASE("what is no stream is broken, and nothing is read") {
  std::string out;
  std::size_t taken = 7;
  CHECK(inflate("plain text", 1000, out, &taken) == Inflated::broken);
  CHECK(out.empty());
  CHECK(taken == 7);
}
