// A record that is taken is canonical, and its shape holds when it is read again.

#include "bundle/record.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  if (const auto record = bundle::parse_record(text)) {
    const auto written = json::write_canonical(*record);
    fuzz::require(written && *written == text, "a record is written again with the same bytes");
  }
  // Any other JSON meets the shape check too.
  if (const auto value = json::parse(text)) {
    static_cast<void>(bundle::check_record_shape(*value));
  }
  return 0;
}
