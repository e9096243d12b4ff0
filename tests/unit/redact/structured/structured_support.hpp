// What the tests of structured redaction ask: which parts of a text are named.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redact/structured/structured.hpp"
#include "tests/support/masked_text.hpp"

namespace sourceos::tests {

using Strings = std::vector<std::string>;

inline Strings parts(std::string_view text, const std::optional<redact::SecretValues>& values) {
  Strings out;
  if (!values) {
    return {"(does not parse)"};
  }
  for (const redact::SecretValue& value : *values) {
    const std::string part(text.substr(value.from, value.to - value.from));
    if (out.empty() || out.back() != part) {
      out.push_back(part);
    }
  }
  return out;
}

}  // namespace sourceos::tests
