// Structured redaction: values that are secrets because of where they stand in a document of a known
// format. By span in the original text; what does not parse as its format is left to the text
// engine, which reads every document besides.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redact/document.hpp"

namespace sourceos::redact {

struct SecretValue {
  std::size_t from = 0;    // what is replaced, in bytes of the document
  std::size_t to = 0;
  std::string_view klass;  // of a table
  std::string value;       // decoded; what the tag is made of
  bool bare = false;       // a JSON number or word: the placeholder needs quotes
};
using SecretValues = std::vector<SecretValue>;

// A JSON number or word: whatever is masked in it becomes a string.
struct BareValue {
  std::size_t from = 0;
  std::size_t to = 0;
};

// The format by the file's name, then by its first bytes; `text` when nothing says more.
[[nodiscard]] Format format_of(std::string_view name, std::string_view bytes);

// In order of place. Nothing when the document does not parse as its format.
[[nodiscard]] std::optional<SecretValues> secret_values(Format format, std::string_view name,
                                                        std::string_view bytes,
                                                        std::vector<BareValue>* bare = nullptr);

}  // namespace sourceos::redact
