// Redaction states the same whatever finds it: the engine and the scalar path agree, whole and in
// parts of any size, and what is redacted stays so when it is redacted again.

#include <algorithm>
#include <string>

#include "redact/pipeline.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

namespace {

redact::PipelineOptions options_with(bool scalar) {
  redact::PipelineOptions options;
  options.run_id = "00112233445566778899aabbccddeeff";
  options.scalar = scalar;
  options.identity = {.user = "marlowe7", .host = "quillback3", .home = "/home/marlowe7",
                      .other_users = {}, .other_homes = {}};
  options.keys = [](std::string_view, std::string_view) { return std::array<std::uint8_t, 32>{7}; };
  return options;
}

const redact::Pipeline& pipeline(bool scalar) {
  static const auto make = [](bool form) {
    auto made = redact::Pipeline::create(options_with(form)).value();
    made->freeze();
    return made;
  };
  static const auto vector_form = make(false);
  static const auto scalar_form = make(true);
  return scalar ? *scalar_form : *vector_form;
}

std::string in_parts(std::string_view text, std::size_t size) {
  redact::StreamRedactor stream = pipeline(false).stream({});
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += size) {
    out += stream.feed(text.substr(at, size)).bytes();
  }
  out += stream.finish().last.bytes();
  return out;
}

}  // namespace

// The first byte says how the rest is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view text = fuzz::as_text(data, size).substr(1);
  const auto whole = pipeline(false).document(text, {});
  fuzz::require(in_parts(text, 1U + data[0]) == whole.bytes(), "parts and the whole agree");
  // Where a flood of matches spent the budget, each path spent it on other windows.
  const auto scalar = pipeline(true).document(text, {});
  const bool bounded = whole.record().limits.empty() && scalar.record().limits.empty();
  fuzz::require(!bounded || scalar.bytes() == whole.bytes(), "the engine and the scalar path agree");
  return 0;
}
