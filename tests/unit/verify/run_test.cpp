#include "verify/run.hpp"

#include "tests/broken/forged_bundle.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;
using namespace sourceos::verify;

TEST_CASE("only stable reasons leave the verifier") {
  CHECK(stable_reason(Error(ErrorKind::malformed, "descriptor", "")) == "descriptor");
  CHECK(stable_reason(Error(ErrorKind::limit, "too-large", "")) == "limit");
  CHECK(stable_reason(Error(ErrorKind::io, "io", "")) == "malformed");
}

TEST_CASE("a blob is read when digest and size are what its descriptor says") {
  const TemporaryDirectory directory;
  const ForgedBundle forged;
  forged.write_directory(directory.path());
  const auto layout = *bundle::open_layout(directory.path());
  const VerifyOptions options;
  bundle::FramePool pool(1);
  Verdict verdict;
  Run run(*layout, options, pool, verdict);
  bundle::Descriptor descriptor =
      bundle::describe_blob(bundle::k_manifest_media_type, forged.manifest);
  CHECK(read_blob(run, descriptor, 1 << 20) == forged.manifest);
  CHECK(read_blob(run, descriptor, 10).error().reason == "limit");
  descriptor.size += 1;
  CHECK(read_blob(run, descriptor, 1 << 20).error().reason == "descriptor");
  descriptor.digest = bundle::sha256("absent");
  CHECK(read_blob(run, descriptor, 1 << 20).error().reason == "missing-member");
}

TEST_CASE("a blob's digest is that of all its bytes") {
  const std::string bytes(1'000'000, 'x');
  CHECK(hash_blob(bundle::BlobReader(bytes)) == bundle::sha256(bytes));
  CHECK(hash_blob(bundle::BlobReader(std::string())) == bundle::sha256(""));
}
