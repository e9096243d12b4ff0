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

// `<1>` and so on become values, so that no text in these tests holds a secret itself.
inline std::string spelled(std::string text) {
  static const Strings values = {"horse-42", "mule-43x", "ox-44yz", "cow-45zz", "f00dfeedbeef1234",
                                 "f00d-feed-8eef-1", "mule-4321", "horse 42x", "Y2k6aG9yc2UtNDI=",
                                 "f00d&amp;feed-8eef-1", "plainhorse", "aa-bb-cc", "f00d-feed-8eef", "aa.bb",
                                 "horse-battery-42", "pa:ss", "4711", "secret", "password"};
  for (std::size_t number = values.size(); number > 0; --number) {
    const std::string mark = "<" + std::to_string(number) + ">";
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
      text.replace(at, mark.size(), values[number - 1]);
    }
  }
  return text;
}

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
