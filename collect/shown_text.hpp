// Raw strings on their way into a record: made valid UTF-8 first, then redacted.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/redacted.hpp"

namespace sourceos::redact {
class Pipeline;
}

namespace sourceos::collect {

// Bytes that no JSON string can hold as they are (control characters, invalid UTF-8) as %XX, and
// '%' itself as %25: names of files, arguments, environment variables.
[[nodiscard]] std::string percent_encode_unprintable(std::string_view raw);

// percent_encode_unprintable, then redaction.
[[nodiscard]] bundle::RedactedText shown_text(const redact::Pipeline& pipeline, std::string_view raw);
[[nodiscard]] std::optional<bundle::RedactedText> shown_text(const redact::Pipeline& pipeline,
                                                             const std::optional<std::string>& raw);
[[nodiscard]] std::vector<bundle::RedactedText> shown_texts(const redact::Pipeline& pipeline,
                                                            const std::vector<std::string>& raw);

// A word of ours (a collector's name, an entry kind, a reason) as a literal when it is one that
// this program knows; else redacted like any text.
[[nodiscard]] bundle::RedactedText known_word(const redact::Pipeline& pipeline, std::string_view word);

}  // namespace sourceos::collect
