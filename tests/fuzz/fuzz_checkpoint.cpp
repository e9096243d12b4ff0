// A note that is read is written with the same bytes, and so is a checkpoint's text.
#include "bundle/log/checkpoint.hpp"

#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  if (const auto note = bundle::log::parse_note(text)) {
    fuzz::require(bundle::log::write_note(*note) == text, "a note is written again");
  }
  if (const auto found = bundle::log::parse_checkpoint(text)) {
    fuzz::require(bundle::log::write_checkpoint_text(found->checkpoint) == found->note.text,
                  "a checkpoint is written again");
  }
  return 0;
}
