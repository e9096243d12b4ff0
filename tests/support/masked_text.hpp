// A document with its secret values replaced as the rewriter does it, without a pipeline.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "redact/structured/structured.hpp"

namespace sourceos::tests {

inline std::string masked_text(std::string_view text, redact::SecretValues values) {
  std::ranges::stable_sort(values, {}, &redact::SecretValue::from);
  std::string out;
  std::size_t at = 0;
  for (const redact::SecretValue& value : values) {
    if (value.from < at) {
      at = std::max(at, value.to);  // a place named twice
      continue;
    }
    out += text.substr(at, value.from - at);
    const std::string placeholder = "REDACTED-" + std::string(value.klass) + "-0123456789ab";
    out += value.bare ? '"' + placeholder + '"' : placeholder;
    at = value.to;
  }
  return out += text.substr(at);
}

}  // namespace sourceos::tests
