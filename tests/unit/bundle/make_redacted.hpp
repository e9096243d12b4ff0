// Redacted values for tests of the bundle alone. This library does not link the redactor, so these
// two classes stand where its friends would: nothing else can make the types.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "bundle/redacted.hpp"

namespace sourceos::redact {

class Pipeline {
 public:
  static bundle::RedactedText text(std::string_view text) {
    return bundle::RedactedText(std::string(text));
  }
  static bundle::RedactedJson json(std::string_view canonical) {
    return bundle::RedactedJson(std::string(canonical));
  }
  static bundle::Redacted content(std::string bytes, bundle::RedactionRecord record = {}) {
    return bundle::Redacted(std::move(bytes), std::move(record), {});
  }
};

class StreamRedactor {
 public:
  static bundle::RedactedBlock block(std::string_view bytes) {
    return bundle::RedactedBlock(bytes);
  }
};

}  // namespace sourceos::redact

namespace sourceos::tests {

// "text"_r: as if it had gone through redaction.
inline bundle::RedactedText operator""_r(const char* text, std::size_t size) {
  return redact::Pipeline::text({text, size});
}

}  // namespace sourceos::tests
