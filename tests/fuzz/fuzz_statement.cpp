// A statement of our predicate that is read is written with the same bytes.
#include "bundle/statement.hpp"

#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  const auto found = bundle::parse_statement(text);
  if (found && found->predicate_type == bundle::k_evidence_predicate_type) {
    fuzz::require(bundle::write_statement(found->subject, found->predicate) == text,
                  "a statement is written again");
  }
  return 0;
}
