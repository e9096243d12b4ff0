// The store's own documents have one form: what is read is, written again, the same bytes. Heads are
// a cache that is made anew in doubt: of them only what is read has to last.
#include "bundle/index_line.hpp"
#include "bundle/manifest.hpp"
#include "bundle/store_documents.hpp"
#include "bundle/store_heads.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  if (const auto document = bundle::parse_open_document(text)) {
    fuzz::require(bundle::write_open_document(*document) == text, "an open document is the same again");
  }
  if (const auto document = bundle::parse_gc_document(text)) {
    fuzz::require(bundle::write_gc_document(*document) == text, "a gc document is the same again");
  }
  if (const auto referrers = bundle::parse_referrers(text)) {
    fuzz::require(bundle::write_referrers(*referrers) == text, "referrers are the same again");
  }
  if (const auto heads = bundle::parse_heads(text)) {
    const std::string written = bundle::write_heads(*heads);
    const auto again = bundle::parse_heads(written);
    fuzz::require(again && bundle::says_the_same(*heads, *again), "heads say the same again");
  }
  if (const auto manifest = bundle::parse_attached_manifest(text)) {
    fuzz::require(bundle::write_attached_manifest(*manifest) == text,
                  "an attached manifest is the same again");
  }
  if (const auto line = bundle::parse_disclosable_line(text)) {
    std::string written;
    bundle::append_index_line(written, *line);
    fuzz::require(written == std::string(text) + '\n', "a disclosable line is the same again");
  }
  static_cast<void>(bundle::read_intent_document(text));
  static_cast<void>(bundle::read_change_action(text));
  return 0;
}
