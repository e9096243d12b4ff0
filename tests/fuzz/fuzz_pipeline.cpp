// Documents of every claimed format: none throws, known values never come through, and the record
// counts what the bytes show. The first byte is the format.

#include <string>

#include "redact/pipeline.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

namespace {

constexpr std::string_view k_known = "Rumpelstilzchen-4711";

const redact::Pipeline& pipeline() {
  static const auto made = [] {
    redact::PipelineOptions options;
    options.run_id = "00112233445566778899aabbccddeeff";
    options.known_values = {{"known", std::string(k_known)}};
    options.keys = [](std::string_view, std::string_view) { return std::array<std::uint8_t, 32>{9}; };
    auto pipeline = redact::Pipeline::create(std::move(options)).value();
    pipeline->freeze();
    return pipeline;
  }();
  return *made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view rest = fuzz::as_text(data, size).substr(1);
  std::string text(rest.substr(0, rest.size() / 2));
  text += k_known;
  text += rest.substr(rest.size() / 2);
  redact::DocumentOptions options;
  options.format = static_cast<redact::Format>(data[0] % 12);
  options.hits = true;
  std::vector<redact::Hit> hits;
  const bundle::Redacted done = pipeline().document(text, options, &hits);
  fuzz::require(done.bytes().find(k_known) == std::string::npos, "a known value never comes through");
  fuzz::require(!hits.empty(), "what was masked is told");
  for (const redact::Hit& hit : hits) {
    fuzz::require(hit.from < hit.to && hit.to <= text.size(), "a hit lies in the document");
  }
  return 0;
}
