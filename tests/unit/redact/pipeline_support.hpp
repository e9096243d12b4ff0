// A pipeline with fixed keys, made once for each way it is asked for: compiling rules takes a
// second. Secrets are spelled in pieces.
#pragma once

#include <string>
#include <string_view>

#include "redact/pipeline.hpp"

namespace sourceos::tests {

inline redact::PipelineOptions pipeline_options() {
  redact::PipelineOptions options;
  options.run_id = "00112233445566778899aabbccddeeff";
  options.keys = [](std::string_view label, std::string_view context) {
    std::array<std::uint8_t, 32> key{};
    std::size_t at = 0;
    for (const std::string_view part : {label, context}) {
      for (const char c : part) {
        key[at++ % key.size()] ^= static_cast<std::uint8_t>(c);
      }
    }
    return key;
  };
  options.identity.user = "marlowe7";
  options.identity.host = "quillback3";
  options.identity.home = "/home/marlowe7";
  return options;
}

inline const redact::Pipeline& pipeline() {
  static const auto shared = [] {
    auto made = redact::Pipeline::create(pipeline_options());
    REQUIRE(made.has_value());
    (*made)->freeze();
    return std::move(*made);
  }();
  return *shared;
}

inline std::string redacted(std::string_view text) {
  return pipeline().document(text, {}).bytes();
}

inline std::string redacted_in_parts(std::string_view text, std::size_t size) {
  redact::StreamRedactor stream = pipeline().stream({});
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += size) {
    out += stream.feed(text.substr(at, size)).bytes();
  }
  out += stream.finish().last.bytes();
  return out;
}

inline std::string github_token() { return std::string("gh") + "p_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789"; }
inline std::string aws_key() { return std::string("AK") + "IA" + "Q3EGTVWLX5JYHKZ2"; }

}  // namespace sourceos::tests
