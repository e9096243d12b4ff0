// Whatever parses as canonical JSON is written again with the same bytes, and whatever can be
// written canonically parses as such.

#include <string>

#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  const Result<json::Value> strict = json::parse_canonical(text);
  if (strict) {
    const Result<std::string> written = json::write_canonical(*strict);
    fuzz::require(written.has_value() && *written == text, "canonical in, the same bytes out");
  }
  const Result<json::Value> value = json::parse(text);
  fuzz::require(value.has_value() || !strict.has_value(), "canonical JSON is JSON");
  const Result<std::string> canonical =
      value ? json::write_canonical(*value) : Result<std::string>(std::string());
  if (value && canonical) {
    const Result<json::Value> again = json::parse_canonical(*canonical);
    fuzz::require(again.has_value() && *again == *value, "what is written canonically parses so");
  }
  return 0;
}
