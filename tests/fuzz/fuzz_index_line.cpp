// Whatever the hand-written reader takes is canonical JSON to the general reader too, and is
// written again with the same bytes.

#include "bundle/index_line.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  static bundle::IndexLine line;  // used again, as a reader of many lines does
  std::string written;
  if (bundle::parse_index_line(text, line)) {
    bundle::append_index_line(written, line);
  } else if (const auto disclosable = bundle::parse_disclosable_line(text)) {
    bundle::append_index_line(written, *disclosable);
  } else {
    return 0;
  }
  written.pop_back();
  fuzz::require(written == text, "a line is written again with the same bytes");
  fuzz::require(json::parse_canonical(text).has_value(), "a line is canonical JSON");
  return 0;
}
