#include "tests/support/temporary_directory.hpp"
#include "verify/trust.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::verify;

TEST_CASE("what is remembered for roots is found again") {
  const tests::TemporaryDirectory directory;
  TrustMemory memory(directory / "verifier");
  const bundle::Digest a = bundle::sha256("a");
  const bundle::Digest b = bundle::sha256("b");
  CHECK_FALSE(memory.find(a).has_value());
  memory.remember({a, b}, "payload");
  CHECK(TrustMemory(directory / "verifier").find(b) == "payload");
  memory.remember({a}, "newer");
  CHECK(memory.find(a) == "newer");
  CHECK(memory.find(b) == "payload");
}

TEST_CASE("a memory that cannot be written is no reason to fail") {
  const tests::TemporaryDirectory directory;
  TrustMemory memory(directory.write("file", "") / "verifier");
  memory.remember({bundle::sha256("a")}, "payload");
  CHECK_FALSE(memory.find(bundle::sha256("a")).has_value());
}
