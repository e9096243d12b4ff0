// Any bytes as a bundle's tar: the verifier comes to a verdict, and without trust it never says
// `verified`. Whatever it calls intact is read the same way twice.
#include "verify/verify.hpp"

#include "bundle/blob.hpp"
#include "bundle/layout.hpp"
#include "tests/fuzz/property.hpp"

#include <string>

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto layout =
      bundle::TarLayout::read(bundle::BlobReader(std::string(fuzz::as_text(data, size))));
  if (!layout) {
    return 0;
  }
  verify::VerifyOptions options;
  options.jobs = 1;
  options.allow_test_seams = true;
  const auto judged = verify::verify(**layout, options);
  fuzz::require(judged.verdict.decision != verify::Decision::verified,
                "nothing is verified without trust");
  fuzz::require(judged.bundle.has_value() == (judged.verdict.integrity == verify::Axis::pass),
                "what may be adopted is what is intact");
  const auto again = verify::verify(**layout, options);
  fuzz::require(again.verdict.words == judged.verdict.words, "the verdict is the same again");
  return 0;
}
