// Structured redaction of any bytes in every format: places lie in the document and in order, and
// a document that parsed still parses when its secrets are masked, with none left.
#include <array>

#include "redact/structured/structured.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/support/masked_text.hpp"

using namespace sourceos;

namespace {

constexpr std::array k_formats{redact::Format::automatic,   redact::Format::json,   redact::Format::yaml,
                               redact::Format::xml,         redact::Format::ini,    redact::Format::unit,
                               redact::Format::dotenv,      redact::Format::netrc,  redact::Format::pgpass,
                               redact::Format::arguments,   redact::Format::environment};

void check(redact::Format format, std::string_view text) {
  const auto values = redact::secret_values(format, "", text);
  if (!values) {
    return;
  }
  std::size_t last = 0;
  for (const redact::SecretValue& value : *values) {
    fuzz::require(value.from < value.to && value.to <= text.size(), "a place lies in the document");
    fuzz::require(value.from >= last, "places are in order");
    fuzz::require(!value.klass.empty(), "a place has a class");
    last = value.from;
  }
  const bool strict = format == redact::Format::json || format == redact::Format::xml;
  if (strict && !values->empty()) {
    const auto again = redact::secret_values(format, "", tests::masked_text(text, *values));
    fuzz::require(again.has_value(), "a masked document parses");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  for (const redact::Format format : k_formats) {
    check(format, text);
  }
  return 0;
}
