// A trust file as a report and as text: what it says, or would say when it is a plan.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/json/fwd.hpp"

namespace sourceos::verify {
struct TrustDocument;
}

namespace sourceos::cli {

class Text;
struct Context;

// Root fingerprint and words are null while there is no root key.
[[nodiscard]] json::Value trust_record(std::string_view name, const verify::TrustDocument& document,
                                       const std::filesystem::path& path, const Context& context);
void print_trust_record(const json::Value& record, Text& text);

}  // namespace sourceos::cli
