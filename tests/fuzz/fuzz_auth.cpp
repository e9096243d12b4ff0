// Of a container auth file no credential is left, whatever stands around it and whatever the host
// is called.
#include <string>

#include "redact/structured/structured.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/support/masked_text.hpp"

using namespace sourceos;

namespace {

constexpr std::string_view k_marker = "MARKED-VALUE-1";

std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c >= ' ' && c < 0x7f && c != '"' && c != '\\' ? c : '.';
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::as_text(data, size);
  const auto read = redact::secret_values(redact::Format::json, "auth.json", input);
  if (read) {
    static_cast<void>(tests::masked_text(input, *read));
  }
  if (input.find(k_marker) != std::string_view::npos) {
    return 0;
  }
  const std::string host = plain(input);
  const std::string value(k_marker);
  const std::string file = "{\"credsStore\":\"x\",\"auths\":{\"" + host + "\":{\"auth\":\"" + value +
                           "\",\"identitytoken\":\"" + value + "\",\"email\":\"" + host + "\"}}}";
  const auto values = redact::secret_values(redact::Format::json, "auth.json", file);
  fuzz::require(values.has_value(), "an auth file parses");
  const std::string masked = tests::masked_text(file, *values);
  fuzz::require(masked.find(value) == std::string::npos, "no credential is left");
  fuzz::require(masked.find("\"credsStore\":\"x\"") != std::string::npos, "the store stays readable");
  return 0;
}
