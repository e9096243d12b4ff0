// TOML becomes a value that, as far as canonical JSON can say it, survives a write and a parse.

#include <string>

#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/toml.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Result<json::Value> value = toml::parse(fuzz::as_text(data, size));
  if (!value) {
    return 0;
  }
  const Result<std::string> written = json::write_canonical(*value);
  if (written) {
    const Result<json::Value> again = json::parse_canonical(*written, {.bytes_max = UINT64_MAX});
    fuzz::require(again.has_value() && *again == *value, "a settings value survives JSON");
  }
  return 0;
}
