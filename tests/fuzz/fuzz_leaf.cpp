// A leaf that is read is written with the same bytes.
#include "bundle/log/leaf.hpp"

#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  if (const auto leaf = bundle::log::parse_leaf(text)) {
    fuzz::require(bundle::log::write_leaf(*leaf) == text, "a leaf is written again");
  }
  return 0;
}
