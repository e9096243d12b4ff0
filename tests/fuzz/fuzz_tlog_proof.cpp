// Both kinds of proof are written with the bytes that were read.
#include "bundle/log/tlog_proof.hpp"

#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  if (const auto proof = bundle::log::parse_tlog_proof(text)) {
    fuzz::require(bundle::log::write_tlog_proof(*proof) == text, "a proof is written again");
  }
  if (const auto proof = bundle::log::parse_consistency_proof(text)) {
    fuzz::require(bundle::log::write_consistency_proof(*proof) == text,
                  "a consistency proof is written again");
  }
  return 0;
}
