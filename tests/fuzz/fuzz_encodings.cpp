// Whatever stands in a run or a stream is decoded within bounds, and what was encoded comes back.

#include <string>

#include "core/bytes.hpp"
#include "core/limits.hpp"
#include "redact/encodings.hpp"
#include "redact/shadow_text.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  for (const redact::DecodedRun& run : redact::decode_run(text, false)) {
    fuzz::require(run.bytes.size() <= limits::k_inflated_bytes_max + text.size(), "within bounds");
  }
  if (const auto packed = redact::unpack(text)) {
    fuzz::require(packed->size <= text.size() && packed->size > 0, "a stream lies in what was given");
    fuzz::require(packed->bytes.size() <= limits::k_inflated_bytes_max, "within bounds");
  }
  const redact::ShadowText shadow = redact::make_shadow(text);
  fuzz::require(shadow.text.size() == shadow.source.size(), "each byte has its source");
  for (const auto& source : shadow.source) {
    fuzz::require(source.from < source.to && source.to <= text.size(), "a source lies in the line");
  }
  const std::string plain = "the quick brown fox says: " + hex_encode(text.substr(0, 64));
  bool found = false;
  for (const redact::DecodedRun& run : redact::decode_run(base64_encode(plain), false)) {
    found = found || run.bytes.find(plain) != std::string::npos;
  }
  fuzz::require(found, "base64 of text is read");
  return 0;
}
